// Tables, queues and containers of the app. Shared keys are off: who enters needs an identity with a role.
param name string
param location string
param tags object
param sku string
param deadLetterRetentionDays int
param isPrivate bool

// The names of shared/adapters/tables.py and shared/adapters/queue_timers.py.
var tables = ['config', 'widgetkeys', 'sessions', 'index', 'queue', 'agents', 'history', 'threads']
// The host would make the poison queue at its first use; it is made here so that it can be watched from the start.
var queues = ['session-timers', 'session-timers-poison', 'presence-timers', 'presence-timers-poison']
var deadLetterName = 'dead-letter'
var deploymentName = 'deployments'

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku }
  kind: 'StorageV2'
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Event Grid is a trusted service and enters with the topic's identity, also where everybody else is shut out.
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobs
  name: deadLetterName
  properties: { publicAccess: 'None' }
}

resource deployments 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobs
  name: deploymentName
  properties: { publicAccess: 'None' }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          // Chat events hold what customers wrote: kept as long as a replay makes sense, no longer.
          name: 'forget-dead-letters'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${deadLetterName}/']
            }
            actions: {
              baseBlob: { delete: { daysAfterModificationGreaterThan: deadLetterRetentionDays } }
              snapshot: { delete: { daysAfterCreationGreaterThan: deadLetterRetentionDays } }
            }
          }
        }
      ]
    }
  }
  dependsOn: [deadLetters]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-08-01' = {
  parent: account
  name: 'default'
}

resource queueItems 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' = [for queue in queues: {
  parent: queueService
  name: queue
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-08-01' = {
  parent: account
  name: 'default'
}

resource tableItems 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-08-01' = [for table in tables: {
  parent: tableService
  name: table
}]

output name string = account.name
output endpoints object = account.properties.primaryEndpoints
output deadLetterContainer string = deadLetters.name
output deploymentContainer string = deployments.name
