// Push to widgets: serverless, so that the app talks to it by REST and holds no connection.
param name string
param location string
param tags object
param sku string
param vaultName string

resource signalr 'Microsoft.SignalRService/signalR@2024-03-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    capacity: 1
  }
  kind: 'SignalR'
  properties: {
    features: [
      {
        flag: 'ServiceMode'
        value: 'Serverless'
      }
    ]
    tls: { clientCertEnabled: false }
    // Widgets stand on any website; what a client may hear is in its token.
    cors: { allowedOrigins: ['*'] }
    // The app signs its tokens with the access key.
    disableLocalAuth: false
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'signalr-connection-string'
  properties: {
    value: signalr.listKeys().primaryConnectionString
    contentType: 'connection string'
  }
}

output name string = signalr.name
