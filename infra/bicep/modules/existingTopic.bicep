// A system topic that was there before; it needs a system-assigned identity, which the preflight asks for.
param name string
param resourceGroupName string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: name
  scope: resourceGroup(resourceGroupName)
}

output id string = topic.id
output principalId string = topic.identity.principalId
