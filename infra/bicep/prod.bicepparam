// What customers use: zone-redundant storage, one instance that never sleeps for visitors and one for their messages.
using 'main.bicep'

param name = readEnvironmentVariable('INTERACT_NAME', 'lunifico')
param environmentName = 'prod'
param location = readEnvironmentVariable('INTERACT_LOCATION', 'westeurope')

param acsMode = 'new'
param acsDataLocation = 'Europe'
param signalrSku = 'Standard_S1'
param storageSku = 'Standard_ZRS'
param vaultRetentionDays = 90
param logRetentionDays = 90
param logDailyLimitGB = 5
param deadLetterRetentionDays = 14
param maximumInstanceCount = 100
param alwaysReady = [
  {
    name: 'http'
    instanceCount: 1
  }
  {
    name: 'function:on_chat_event'
    instanceCount: 1
  }
]
param alertEmails = []

// infra/deploy.sh and azd set these.
param botAppId = readEnvironmentVariable('INTERACT_BOT_APP_ID', '00000000-0000-0000-0000-000000000000')
param graphFeatures = readEnvironmentVariable('INTERACT_GRAPH_FEATURES', '')
param newSessionKey = readEnvironmentVariable('INTERACT_NEW_SESSION_KEY', '')
param previousSessionKeyUri = readEnvironmentVariable('INTERACT_PREVIOUS_SESSION_KEY_URI', '')
