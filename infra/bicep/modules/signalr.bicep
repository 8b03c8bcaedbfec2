// Push to widgets: serverless, so that the app talks to it by REST and holds no connection.
param name string
param location string
param tags object
param sku string

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
    // The app's identity enters by role; keys that nobody has cannot be lost.
    disableLocalAuth: true
  }
}

output name string = signalr.name
output hostName string = signalr.properties.hostName
