# shellcheck shell=bash
# Of the preflight: ACS and its system topic, and whether the names that are unique in all of Azure are free.

check_acs() {
  case $(parameter acsMode new) in
    new)
      warn "since 2026-10-23 Microsoft takes no new customers for ACS Chat; where this subscription is refused, use a" \
        "resource that you have (acsMode existing) or none"
      ;;
    existing) check_existing_acs ;;
  esac
}

check_existing_acs() {
  local name group source topics topic
  name=$(parameter existingAcsName)
  group=$(parameter existingAcsResourceGroup "$RESOURCE_GROUP")
  source=$(az resource list --resource-group "$group" --name "$name" \
    --resource-type Microsoft.Communication/communicationServices --query "[0].id" --output tsv)
  if [[ -z $source ]]; then
    problem "there is no ACS resource '$name' in $group" \
      "set existingAcsName and existingAcsResourceGroup in $(parameters_file)"
    return
  fi
  # A source can have one system topic only, and whoever made it keeps it.
  topics=$(az eventgrid system-topic list \
    --query "[?source=='$source'].[name, resourceGroup, identity.type || 'None']" --output tsv)
  topic=$(parameter existingSystemTopicName)
  if [[ -z $topics ]]; then
    [[ -z $topic ]] || problem "'$name' has no system topic, so '$topic' is none of it" \
      "remove existingSystemTopicName from $(parameters_file)"
  else
    check_topic "$topic" "$topics"
  fi
}

# check_topic WANTED "NAME GROUP IDENTITY"
check_topic() {
  local found group identity
  read -r found group identity <<<"$2"
  if [[ $found == "evgt-interact-$NAME-$ENVIRONMENT" && -z $1 ]]; then
    return
  fi
  if [[ $1 != "$found" ]]; then
    problem "this ACS resource has the system topic '$found' already, and it can have only one" \
      "set existingSystemTopicName to '$found' and existingSystemTopicResourceGroup to '$group' in $(parameters_file)"
  fi
  if [[ $identity != *SystemAssigned* ]]; then
    problem "the system topic '$found' has no identity, so that it could not write dead letters" \
      "az eventgrid system-topic update --resource-group $group --name $found --identity systemassigned"
  fi
}

check_names_are_free() {
  local ours="" subscription=/subscriptions/$SUBSCRIPTION/providers
  if group_exists; then
    ours=$(az resource list --resource-group "$RESOURCE_GROUP" --query "[].name" --output tsv)
  fi
  check_free "$ours" "stinteract$NAME$ENVIRONMENT" "$subscription/Microsoft.Storage" 2025-01-01 Microsoft.Storage/storageAccounts
  check_free "$ours" "$VAULT_NAME" "$subscription/Microsoft.KeyVault" 2024-11-01 Microsoft.KeyVault/vaults
  check_free "$ours" "$APP_NAME" "$subscription/Microsoft.Web" 2024-11-01 Microsoft.Web/sites
  check_free "$ours" "bot-interact-$NAME-$ENVIRONMENT" /providers/Microsoft.BotService 2022-09-15 string
  if [[ $(parameter acsMode new) == new ]]; then
    check_free "$ours" "acs-interact-$NAME-$ENVIRONMENT" "$subscription/Microsoft.Communication" 2023-04-01 \
      Microsoft.Communication/CommunicationServices
  fi
  if [[ $(parameter signalrSku Standard_S1) != none ]]; then
    check_free "$ours" "sigr-interact-$NAME-$ENVIRONMENT" \
      "$subscription/Microsoft.SignalRService/locations/${LOCATION// /}" 2024-03-01 Microsoft.SignalRService/signalR
  fi
}

# check_free OURS NAME PROVIDER API_VERSION TYPE
check_free() {
  local free
  if grep -qx "$2" <<<"$1"; then
    return
  fi
  free=$(az rest --method post --url "https://management.azure.com$3/checkNameAvailability?api-version=$4" \
    --body "{\"name\": \"$2\", \"type\": \"$5\"}" --query "nameAvailable || valid" --output tsv)
  if [[ $free == [Tt]rue ]]; then
    return
  fi
  if [[ $2 == "$VAULT_NAME" && -n $(az keyvault list-deleted --resource-type vault --query "[?name=='$2'].name" --output tsv) ]]; then
    problem "the key vault $2 was deleted and can be recovered, so its name is taken" \
      "az keyvault recover --name $2 (with what is in it), or another --name"
  else
    problem "the name $2 is taken by somebody else in Azure" "another --name than $NAME"
  fi
}
