// Which events reach which function. Event Grid refuses a subscription to a function that does not exist yet, so this
// is deployed once the app lists its functions.
targetScope = 'resourceGroup'

@description('The function app that gets the events.')
param functionAppName string

@description('The system topic of the ACS resource.')
param topicName string

@description('Resource group of the system topic.')
param topicResourceGroup string = resourceGroup().name

@description('Storage account that keeps what cannot be delivered.')
param storageName string

@description('Container of that account.')
param deadLetterContainer string

resource functionApp 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: storageName
}

module subscriptions 'modules/subscriptions.bicep' = {
  name: '${functionAppName}-subscriptions'
  scope: resourceGroup(topicResourceGroup)
  params: {
    prefix: functionAppName
    topicName: topicName
    functionAppId: functionApp.id
    storageId: storage.id
    deadLetterContainer: deadLetterContainer
  }
}
