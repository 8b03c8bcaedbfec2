// Logs of the services around the app go to the workspace. Storage is left out: a line for every row would cost more than the rows.
param workspaceId string
param vaultName string
param acsName string
param topicName string
param signalrName string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'AuditEvent', enabled: true }
    ]
  }
}

resource acs 'Microsoft.Communication/communicationServices@2025-09-01' existing = if (!empty(acsName)) {
  name: empty(acsName) ? 'none' : acsName
}

resource acsLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(acsName)) {
  name: 'to-workspace'
  scope: acs
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'AuthOperational', enabled: true }
      { category: 'ChatOperational', enabled: true }
      { category: 'Usage', enabled: true }
    ]
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = if (!empty(topicName)) {
  name: empty(topicName) ? 'none' : topicName
}

resource topicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(topicName)) {
  name: 'to-workspace'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'DeliveryFailures', enabled: true }
    ]
  }
}

resource signalr 'Microsoft.SignalRService/signalR@2024-03-01' existing = if (!empty(signalrName)) {
  name: empty(signalrName) ? 'none' : signalrName
}

resource signalrLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(signalrName)) {
  name: 'to-workspace'
  scope: signalr
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'AllLogs', enabled: true }
    ]
  }
}
