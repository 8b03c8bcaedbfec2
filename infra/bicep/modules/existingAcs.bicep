// An ACS resource that was there before; where the app enters it by key, its connection string goes into the vault.
param name string
param resourceGroupName string
param vaultName string
param byKey bool

resource acs 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: name
  scope: resourceGroup(resourceGroupName)
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (byKey) {
  parent: vault
  name: 'acs-connection-string'
  properties: {
    value: acs.listKeys().primaryConnectionString
    contentType: 'connection string'
  }
}

output id string = acs.id
output hostName string = acs.properties.hostName
