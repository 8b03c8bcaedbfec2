// The function app on Flex Consumption. Its settings are those of shared/settings/table.py; a test holds them together.
param name string
param location string
param tags object
param pythonVersion string
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReady array
param identityId string
param identityClientId string
// Values rather than names: the settings become a list, and its length has to be known when this module starts.
param storageEndpoints object
param deploymentContainer string
param insightsConnectionString string
param vaultUri string
// Empty: widgets poll.
param signalrHost string
// Empty: there is no ACS resource, or the app enters it by the key in the vault.
param acsHost string
param hasPresence bool
param openTelemetry bool
param previousSessionKeyUri string
param publicUrl string
param botAppId string
param botTenantId string
param extraSettings object
param subnetId string

// Of the Functions host.
var hostSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: storageEndpoints.blob
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

// Of the host and of the app, or of the app alone.
var appSettings = {
  AzureWebJobsStorage__queueServiceUri: storageEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storageEndpoints.table
  AZURE_CLIENT_ID: identityClientId
  INTERACT_SESSION_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/session-key/)'
  INTERACT_PUBLIC_URL: publicUrl
  INTERACT_BOT_APP_ID: botAppId
  INTERACT_BOT_TENANT_ID: botTenantId
  // The registration of the bot carries the app roles of administrators.
  INTERACT_ADMIN_AUDIENCE: botAppId
  INTERACT_KEY_VAULT_URL: vaultUri
}

// A reference to a secret that does not exist would be read as the secret.
var rotationSettings = {
  INTERACT_SESSION_KEY_PREVIOUS: '@Microsoft.KeyVault(SecretUri=${previousSessionKeyUri})'
}
var pushSettings = {
  INTERACT_SIGNALR_CONNECTION_STRING: 'Endpoint=https://${signalrHost};AuthType=azure.msi;Version=1.0;'
}
// No secret, but where tenants' references lead; without a key in it the app's identity enters.
var acsSettings = {
  INTERACT_SECRET_ACS: 'endpoint=https://${acsHost}/'
}
var presenceSettings = {
  INTERACT_GRAPH_URL: 'https://graph.microsoft.com/v1.0'
}
// Read by Microsoft's Python worker, which then imports what the package has for it.
var telemetrySettings = {
  PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
}
var optionalSettings = union(openTelemetry ? telemetrySettings : {}, empty(previousSessionKeyUri) ? {} : rotationSettings, empty(signalrHost) ? {} : pushSettings, empty(acsHost) ? {} : acsSettings, hasPresence ? presenceSettings : {})
var settings = union(hostSettings, appSettings, optionalSettings, extraSettings)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: pythonVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
      // Empty: with an origin in it the platform would answer preflights, and the app's own answers would be lost.
      cors: { allowedOrigins: [] }
      appSettings: [for setting in items(settings): {
        name: setting.key
        value: setting.value
      }]
    }
  }
}

// Code comes in by Entra identities only.
resource noFtpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output name string = app.name
