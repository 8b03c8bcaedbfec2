// Private DNS zones of storage and vault, linked to the virtual network.
param networkId string
param tags object

var suffix = environment().suffixes.storage
var zones = [
  { group: 'blob', name: 'privatelink.blob.${suffix}' }
  { group: 'queue', name: 'privatelink.queue.${suffix}' }
  { group: 'table', name: 'privatelink.table.${suffix}' }
  { group: 'vault', name: 'privatelink.vaultcore.azure.net' }
]

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zone in zones: {
  name: zone.name
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for i in range(0, length(zones)): {
  parent: dnsZones[i]
  name: 'link-${zones[i].group}'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}]

output zoneIds object = {
  blob: dnsZones[0].id
  queue: dnsZones[1].id
  table: dnsZones[2].id
  vault: dnsZones[3].id
}
