#!/usr/bin/env bash
# Before azd makes the resources: preflight, registration, and the values that the .bicepparam file reads.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

ENVIRONMENT=${INTERACT_ENVIRONMENT:-dev}
infra/deploy.sh "$ENVIRONMENT" --only preflight,registration
name=${INTERACT_NAME:-lunifico}
group=${AZURE_RESOURCE_GROUP:-rg-interact-$name-$ENVIRONMENT}
azd env set AZURE_RESOURCE_GROUP "$group"
app=$(az ad app list --filter "displayName eq 'Interact $name $ENVIRONMENT'" --query "[].appId" --output tsv)
azd env set INTERACT_BOT_APP_ID "$app"

# The session key is made once. azd keeps its values on this machine, so that it is forgotten after the deployment.
vault=$(az resource list --resource-group "$group" --name "kvinteract$name$ENVIRONMENT" \
  --resource-type Microsoft.KeyVault/vaults --query "[].id" --output tsv 2>/dev/null) || vault=
if [[ -z $vault ]]; then
  azd env set INTERACT_NEW_SESSION_KEY "$(openssl rand -base64 32)"
fi
