// Secrets of the app and of its tenants. Entered by role only; nothing in it can be destroyed before its time.
param name string
param location string
param tags object
param retentionDays int
param isPrivate bool

@secure()
param newSessionKey string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: retentionDays
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Resource Manager writes the secrets of this template, and it is a trusted service.
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

// A new value is a new version; the one before stays readable, so that a rotation can name it.
resource sessionKey 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(newSessionKey)) {
  parent: vault
  name: 'session-key'
  properties: {
    value: newSessionKey
    contentType: 'base64'
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
