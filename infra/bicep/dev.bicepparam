// A small environment to try things out: cheapest tiers, everything may sleep. Free_F1 carries 20 widgets at once.
using 'main.bicep'

param name = readEnvironmentVariable('INTERACT_NAME', 'lunifico')
param environmentName = 'dev'
param location = readEnvironmentVariable('INTERACT_LOCATION', 'westeurope')

param acsMode = 'new'
param acsDataLocation = 'Europe'
param signalrSku = 'Free_F1'
param storageSku = 'Standard_LRS'
param vaultRetentionDays = 7
param logRetentionDays = 30
param logDailyLimitGB = 1
param deadLetterRetentionDays = 7

// infra/deploy.sh and azd set these.
param botAppId = readEnvironmentVariable('INTERACT_BOT_APP_ID', '00000000-0000-0000-0000-000000000000')
param graphFeatures = readEnvironmentVariable('INTERACT_GRAPH_FEATURES', '')
param newSessionKey = readEnvironmentVariable('INTERACT_NEW_SESSION_KEY', '')
param previousSessionKeyUri = readEnvironmentVariable('INTERACT_PREVIOUS_SESSION_KEY_URI', '')
