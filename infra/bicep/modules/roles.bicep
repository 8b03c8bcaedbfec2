// What the app's identity may do: each role on one resource, and why it is needed.
param principalId string
param storageName string
param vaultName string
param insightsName string
param signalrName string
param administratorsKeepSecrets bool

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
var signalrApiOwner = 'fd53cd77-2268-407a-8f46-7e7863d0f521'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The Functions host makes containers of its own for keys and locks, and the platform reads the package.
resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, principalId, blobDataOwner)
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Keys and locks of the Functions host, the package of the app.'
  }
}

// Timers are queue messages: the app puts them in, the host takes them out and moves the poisoned ones.
resource queues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, principalId, queueDataContributor)
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Timers of sessions.'
  }
}

// Configuration and sessions are rows; the app makes a table that is missing.
resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, principalId, tableDataContributor)
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Configuration and sessions.'
  }
}

// Settings that refer to the vault, and tenants' connection strings; reading values only, neither listing nor writing.
resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Session key and connection strings.'
  }
}

// The ACS connection string that an administrator types is put into the vault; there is no narrower built-in role.
resource writtenSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (administratorsKeepSecrets) {
  name: guid(vault.id, principalId, secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Connection strings that administrators type.'
  }
}

resource signalr 'Microsoft.SignalRService/signalR@2024-03-01' existing = {
  name: empty(signalrName) ? 'none' : signalrName
}

// Pushes to widgets and asks for their tokens by REST. The app holds no connection, so that it need not be an App Server.
resource push 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(signalrName)) {
  name: guid(signalr.id, principalId, signalrApiOwner)
  scope: signalr
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', signalrApiOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Push to widgets, and the tokens with which they listen.'
  }
}

// Application Insights takes telemetry from identities only.
resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, metricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Logs and metrics of the app.'
  }
}
