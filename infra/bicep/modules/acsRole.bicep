// The app's identity may make chat identities in an ACS resource, which may be in another resource group.
param principalId string
param acsName string

var communicationOwner = '09976791-48a7-449e-bb21-39d1a415f350'

resource acs 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: acsName
}

// Identities and tokens of visitors. It may change and delete the resource as well: there is no narrower role that ACS takes.
resource identities 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acs.id, principalId, communicationOwner)
  scope: acs
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', communicationOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Chat identities and their tokens.'
  }
}
