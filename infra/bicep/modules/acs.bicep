// A new resource of Azure Communication Services, and its connection string in the vault.
param name string
param dataLocation string
param tags object
param vaultName string

resource acs 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    // The app signs its calls with the access key, which a tenant's connection string holds.
    disableLocalAuth: false
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'acs-connection-string'
  properties: {
    value: acs.listKeys().primaryConnectionString
    contentType: 'connection string'
  }
}

output id string = acs.id
output name string = acs.name
