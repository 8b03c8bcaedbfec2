// Everything of one environment but its code and its event subscriptions (events.bicep, once the code is there).
// Scope: the resource group, because the caller then needs rights on this one group only, and removing it removes all.
// Modules in ../untyped hold the few resources whose types the offline checker does not know; see docs/deploy.md.
targetScope = 'resourceGroup'

@description('Short name of your organization, part of every resource name; some of these are unique in all of Azure.')
@minLength(2)
@maxLength(10)
param name string

@description('Which environment this is; part of every resource name.')
@allowed(['dev', 'test', 'prod'])
param environmentName string

@description('Region of everything that has one.')
param location string = resourceGroup().location

@description('Tags of every resource, beside application, environment and azd-env-name.')
param tags object = {}

@description('Python of the function app.')
@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string = '3.13'

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances at once.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that never sleep: { name: http or function:on_chat_event, instanceCount }. Names in lower case.')
param alwaysReady array = []

@description('Redundancy of the storage account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Days after which events that could not be delivered, with the texts in them, are deleted.')
@minValue(1)
@maxValue(90)
param deadLetterRetentionDays int = 14

@description('Days for which deleted secrets can be recovered; the vault\'s name stays taken as long.')
@minValue(7)
@maxValue(90)
param vaultRetentionDays int = 90

@description('The app may write secrets, so that administrators can type the ACS connection string; else they put it into the vault.')
param administratorsKeepSecrets bool = true

@description('Azure Communication Services: new, existing, or none.')
@allowed(['new', 'existing', 'none'])
param acsMode string = 'new'

@description('How the app enters ACS: identity (no key anywhere), or key (its connection string in the vault).')
@allowed(['identity', 'key'])
param acsAccess string = 'identity'

@description('Where a new ACS resource stores its data.')
param acsDataLocation string = 'Europe'

@description('Name of the existing ACS resource.')
param existingAcsName string = ''

@description('Resource group of the existing ACS resource.')
param existingAcsResourceGroup string = resourceGroup().name

@description('System topic that the existing ACS resource has already; a source can have only one.')
param existingSystemTopicName string = ''

@description('Resource group of the existing system topic.')
param existingSystemTopicResourceGroup string = resourceGroup().name

@description('Tier of Azure SignalR Service, or none: widgets then poll.')
@allowed(['none', 'Free_F1', 'Standard_S1', 'Premium_P1'])
param signalrSku string = 'Standard_S1'

@description('Application (client) id of the bot\'s app registration.')
@minLength(36)
param botAppId string

@description('Directory (tenant) id of the bot\'s app registration.')
param botTenantId string = tenant().tenantId

@description('Features whose Graph permissions the bot\'s app registration has, separated by commas; with presence, the app asks for presences.')
param graphFeatures string = ''

@description('Tier of the Azure Bot; the Teams channel costs nothing in either.')
@allowed(['F0', 'S1'])
param botSku string = 'F0'

@description('A new key from which session tokens are derived; empty keeps the one in the vault.')
@secure()
param newSessionKey string = ''

@description('Versioned URI of the session key before a rotation; empty where none is under way.')
param previousSessionKeyUri string = ''

@description('Host name of your own, bound to the function app or Front Door by you; empty for Azure\'s.')
param publicHostName string = ''

@description('Further settings of the function app; secrets as references to the vault only.')
param extraSettings object = {}

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('GB of logs a day above which none are taken; -1 for no limit.')
param logDailyLimitGB int = -1

@description('Traces and metrics by OpenTelemetry, beside logs; costs time when an instance starts, and money for what is kept.')
param openTelemetry bool = false

@description('Who is told of alerts.')
param alertEmails array = []

@description('Storage and vault can be reached from a virtual network only.')
param vnetEnabled bool = false

@description('Addresses of the virtual network.')
param vnetPrefix string = '10.40.0.0/24'

@description('Addresses of the app\'s subnet, /27 or wider.')
param vnetAppPrefix string = '10.40.0.0/26'

@description('Addresses of the private endpoints\' subnet, /28 or wider.')
param vnetEndpointPrefix string = '10.40.0.64/26'

@description('Front Door before the function app: caching near the visitor, and a place for a firewall.')
param frontDoorEnabled bool = false

var base = '${name}-${environmentName}'
var names = {
  identity: 'id-interact-${base}'
  storage: 'stinteract${name}${environmentName}'
  vault: 'kvinteract${name}${environmentName}'
  workspace: 'log-interact-${base}'
  insights: 'appi-interact-${base}'
  functionApp: 'func-interact-${base}'
  acs: 'acs-interact-${base}'
  topic: 'evgt-interact-${base}'
  signalr: 'sigr-interact-${base}'
  bot: 'bot-interact-${base}'
  network: 'vnet-interact-${base}'
  frontDoor: 'afd-interact-${base}'
}
var allTags = union(tags, {
  application: 'interact'
  environment: environmentName
  'azd-env-name': environmentName
})
var functionHost = '${names.functionApp}.azurewebsites.net'
var hasAcs = acsMode != 'none'
var hasNewTopic = hasAcs && empty(existingSystemTopicName)
var hasOldTopic = hasAcs && !empty(existingSystemTopicName)
var hasSignalr = signalrSku != 'none'

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: names.identity
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyLimitGB: logDailyLimitGB
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: names.storage
    location: location
    tags: allTags
    sku: storageSku
    deadLetterRetentionDays: deadLetterRetentionDays
    isPrivate: vnetEnabled
  }
}

module vault 'modules/keyvault.bicep' = {
  name: 'vault'
  params: {
    name: names.vault
    location: location
    tags: allTags
    retentionDays: vaultRetentionDays
    newSessionKey: newSessionKey
    isPrivate: vnetEnabled
  }
}

module acs 'modules/acs.bicep' = if (acsMode == 'new') {
  name: 'acs'
  params: {
    name: names.acs
    dataLocation: acsDataLocation
    tags: allTags
    vaultName: vault.outputs.name
    byKey: acsAccess == 'key'
  }
}

module existingAcs 'modules/existingAcs.bicep' = if (acsMode == 'existing') {
  name: 'existing-acs'
  params: {
    name: existingAcsName
    resourceGroupName: existingAcsResourceGroup
    vaultName: vault.outputs.name
    byKey: acsAccess == 'key'
  }
}

module acsRole 'modules/acsRole.bicep' = if (hasAcs && acsAccess == 'identity') {
  name: 'acs-role'
  scope: resourceGroup(acsMode == 'existing' ? existingAcsResourceGroup : resourceGroup().name)
  params: {
    principalId: identity.outputs.principalId
    acsName: acsMode == 'new' ? acs!.outputs.name : existingAcsName
  }
}

module topic 'modules/topic.bicep' = if (hasNewTopic) {
  name: 'topic'
  params: {
    name: names.topic
    sourceId: acsMode == 'new' ? acs!.outputs.id : existingAcs!.outputs.id
    tags: allTags
  }
}

module existingTopic 'modules/existingTopic.bicep' = if (hasOldTopic) {
  name: 'existing-topic'
  params: {
    name: existingSystemTopicName
    resourceGroupName: existingSystemTopicResourceGroup
  }
}

module signalr 'modules/signalr.bicep' = if (hasSignalr) {
  name: 'signalr'
  params: {
    name: names.signalr
    location: location
    tags: allTags
    sku: signalrSku
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    signalrName: hasSignalr ? signalr!.outputs.name : ''
    administratorsKeepSecrets: administratorsKeepSecrets
  }
}

module deadLetterRole 'modules/deadLetterRole.bicep' = if (hasAcs) {
  name: 'dead-letter-role'
  params: {
    principalId: hasNewTopic ? topic!.outputs.principalId : existingTopic!.outputs.principalId
    storageName: storage.outputs.name
    containerName: storage.outputs.deadLetterContainer
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  params: {
    name: names.network
    location: location
    tags: allTags
    addressPrefix: vnetPrefix
    appPrefix: vnetAppPrefix
    endpointPrefix: vnetEndpointPrefix
  }
}

module privateDns '../untyped/privateDns.bicep' = if (vnetEnabled) {
  name: 'private-dns'
  params: {
    networkId: vnetEnabled ? network!.outputs.id : ''
    tags: allTags
  }
}

module privateEndpoints 'modules/privateEndpoints.bicep' = if (vnetEnabled) {
  name: 'private-endpoints'
  params: {
    location: location
    tags: allTags
    subnetId: vnetEnabled ? network!.outputs.endpointSubnetId : ''
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    zoneIds: vnetEnabled ? privateDns!.outputs.zoneIds : {}
  }
}

module frontDoor '../untyped/frontDoor.bicep' = if (frontDoorEnabled) {
  name: 'front-door'
  params: {
    name: names.frontDoor
    originHost: functionHost
    tags: allTags
  }
}

var azureHost = frontDoorEnabled ? frontDoor!.outputs.hostName : functionHost
var acsHost = !hasAcs || acsAccess == 'key' ? '' : (acsMode == 'new' ? acs!.outputs.hostName : existingAcs!.outputs.hostName)
var publicUrl = 'https://${empty(publicHostName) ? azureHost : publicHostName}'

module functionApp 'modules/functionapp.bicep' = {
  name: 'function-app'
  params: {
    name: names.functionApp
    location: location
    tags: union(allTags, { 'azd-service-name': 'interact' })
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageEndpoints: storage.outputs.endpoints
    deploymentContainer: storage.outputs.deploymentContainer
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    vaultUri: vault.outputs.uri
    signalrHost: hasSignalr ? signalr!.outputs.hostName : ''
    acsHost: acsHost
    openTelemetry: openTelemetry
    hasPresence: contains(split(graphFeatures, ','), 'presence')
    previousSessionKeyUri: previousSessionKeyUri
    publicUrl: publicUrl
    botAppId: botAppId
    botTenantId: botTenantId
    extraSettings: extraSettings
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
  }
  // The platform reads package and secrets as soon as the app exists.
  dependsOn: [roles, privateEndpoints]
}

module bot 'modules/bot.bicep' = {
  name: 'bot'
  params: {
    name: names.bot
    appId: botAppId
    tenantId: botTenantId
    endpoint: 'https://${functionHost}/api/messages'
    sku: botSku
    tags: allTags
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    base: base
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    topicId: hasNewTopic ? topic!.outputs.id : (hasOldTopic ? existingTopic!.outputs.id : '')
    emails: alertEmails
  }
}

module diagnostics '../untyped/diagnostics.bicep' = {
  name: 'diagnostics'
  params: {
    workspaceId: monitoring.outputs.workspaceId
    vaultName: vault.outputs.name
    // Of resources that were there before, somebody else decides where their logs go.
    acsName: acsMode == 'new' ? acs!.outputs.name : ''
    topicName: hasNewTopic ? topic!.outputs.name : ''
    signalrName: hasSignalr ? signalr!.outputs.name : ''
  }
}

module workbook '../untyped/workbook.bicep' = {
  name: 'workbook'
  params: {
    title: 'Interact ${base}'
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
  }
}

output functionAppName string = functionApp.outputs.name
output functionHost string = functionHost
output publicUrl string = publicUrl
output identityPrincipalId string = identity.outputs.principalId
// Whose word the bot's registration takes: of this directory, also where the registration is in another one.
output identityTenantId string = tenant().tenantId
output identityClientId string = identity.outputs.clientId
output storageName string = storage.outputs.name
output deadLetterContainer string = storage.outputs.deadLetterContainer
output vaultName string = vault.outputs.name
output botAppId string = botAppId
output botTenantId string = botTenantId
output acsResourceId string = acsMode == 'new' ? acs!.outputs.id : (acsMode == 'existing' ? existingAcs!.outputs.id : '')
// What the first tenant's document names as its acsSecret.
output acsSecret string = !hasAcs ? '' : (acsAccess == 'key' ? 'keyvault:acs-connection-string' : 'env:INTERACT_SECRET_ACS')
output topicName string = hasNewTopic ? topic!.outputs.name : existingSystemTopicName
output topicResourceGroup string = hasNewTopic ? resourceGroup().name : existingSystemTopicResourceGroup
