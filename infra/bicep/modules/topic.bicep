// The system topic of an ACS resource; its own identity writes dead letters.
param name string
param sourceId string
param tags object

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  // Where ACS resources are.
  location: 'global'
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: sourceId
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

output id string = topic.id
output name string = topic.name
output principalId string = topic.identity.principalId
