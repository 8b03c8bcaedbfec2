// Storage and vault inside the virtual network. `zoneIds` maps each group to its private DNS zone.
param location string
param tags object
param subnetId string
param storageName string
param vaultName string
param zoneIds object

resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

var targets = [
  { group: 'blob', name: storageName, id: storage.id }
  { group: 'queue', name: storageName, id: storage.id }
  { group: 'table', name: storageName, id: storage.id }
  { group: 'vault', name: vaultName, id: vault.id }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [for target in targets: {
  name: 'pe-${target.name}-${target.group}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: target.group
        properties: {
          privateLinkServiceId: target.id
          groupIds: [target.group]
        }
      }
    ]
  }
}]

resource zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [for i in range(0, length(targets)): {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: targets[i].group
        properties: { privateDnsZoneId: zoneIds[targets[i].group] }
      }
    ]
  }
}]
