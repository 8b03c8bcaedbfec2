// A new resource of Azure Communication Services; where the app enters it by key, its connection string is in the vault.
param name string
param dataLocation string
param tags object
param vaultName string
param byKey bool

resource acs 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: !byKey
  }
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
output name string = acs.name
output hostName string = acs.properties.hostName
