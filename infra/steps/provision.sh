# shellcheck shell=bash
# provision: what lies outside the resource group. Trust in the app's identity, the first administrator, consent, policy,
# the app for Teams, and the first tenant.

TENANT_ADMINISTRATOR=TenantAdministrator

step_provision() {
  require_main
  find_registration
  BOT_APP_ID=${BOT_APP_ID:-$NOBODY}
  trust_identity
  name_administrator
  print_consent
  print_access_policy
  make_teams_app
  write_first_tenant
}

# The registration takes the managed identity's word in place of a secret.
trust_identity() {
  local name=interact-$ENVIRONMENT subject issuer found
  local fix="have an owner of the registration $BOT_APP_ID run: $SELF $ENVIRONMENT --only provision"
  subject=$(output identityPrincipalId)
  issuer=https://login.microsoftonline.com/$(output identityTenantId)/v2.0
  printf '{"name": "%s", "issuer": "%s", "subject": "%s", "audiences": ["api://AzureADTokenExchange"]}\n' \
    "$name" "$issuer" "$subject" >"$SCRATCH/credential.json"
  found=$(az ad app federated-credential list --id "$BOT_APP_ID" --query "[?name=='$name'].subject" --output tsv \
    2>"$SCRATCH/credentials.txt") || [[ $PLAN == yes ]] ||
    fail "the credentials of the registration $BOT_APP_ID cannot be read" "$fix"
  if [[ -z $found ]]; then
    attempt "$fix" az ad app federated-credential create --id "$BOT_APP_ID" \
      --parameters "@$SCRATCH/credential.json" --output none
  elif [[ $found != "$subject" ]]; then
    attempt "$fix" az ad app federated-credential update --id "$BOT_APP_ID" --federated-credential-id "$name" \
      --parameters "@$SCRATCH/credential.json"
  fi
  [[ $PLAN == yes ]] || say "  the bot's registration trusts the function app"
}

name_administrator() {
  local person principal role assigned
  local fix="in the Azure portal: Enterprise applications, $REGISTRATION_NAME, Users and groups, Add"
  if [[ -z $ADMINISTRATOR ]]; then
    person=$(az ad signed-in-user show --query id --output tsv 2>"$SCRATCH/me.txt") || person=
  else
    person=$(az ad user show --id "$ADMINISTRATOR" --query id --output tsv)
  fi
  if [[ -z $person ]]; then
    warn "no administrator was named, as you are not signed in as a user; pass --administrator"
    return
  fi
  principal=$(az ad sp list --filter "appId eq '$BOT_APP_ID'" --query "[0].id" --output tsv)
  role=$(az ad app list --filter "appId eq '$BOT_APP_ID'" \
    --query "[0].appRoles[?value=='$TENANT_ADMINISTRATOR'].id | [0]" --output tsv)
  assigned=$(az rest --method get \
    --url "https://graph.microsoft.com/v1.0/servicePrincipals/${principal:-$NOBODY}/appRoleAssignedTo" \
    --query "value[?principalId=='$person' && appRoleId=='$role'].id" --output tsv 2>"$SCRATCH/assigned.txt") || assigned=
  if [[ -z $assigned ]]; then
    attempt "$fix" az rest --method post \
      --url "https://graph.microsoft.com/v1.0/servicePrincipals/${principal:-$NOBODY}/appRoleAssignedTo" \
      --body "{\"principalId\": \"$person\", \"resourceId\": \"$principal\", \"appRoleId\": \"$role\"}" --output none
  fi
  [[ $PLAN == yes ]] || say "  $TENANT_ADMINISTRATOR: $person"
}

# Nobody is sent a link or lines that this deployment does not need.
print_consent() {
  if [[ $GRAPH_FEATURES == none ]]; then
    say "  no Graph permissions were asked for (--graph), so nobody has to consent"
    return
  fi
  say "  Grant permissions: a Privileged Role Administrator opens once, and reads before agreeing:"
  say "    https://login.microsoftonline.com/$(output botTenantId)/adminconsent?client_id=$BOT_APP_ID"
}

print_access_policy() {
  [[ ,$GRAPH_FEATURES, == *,meetings,* || -n $O365_USER ]] || return 0
  say "  Teams meetings on behalf of a user need a policy. A Teams administrator runs in PowerShell (MicrosoftTeams module):"
  sed -e "s/{{app}}/$BOT_APP_ID/" -e "s/{{user}}/${O365_USER:-<the O365 user>}/" -e 's/^/    /' "$INFRA/entra/access-policy.ps1"
}

# Whoever answers needs the bot in Teams; no right in Azure brings it there.
make_teams_app() {
  local folder file
  folder=$(company_folder)
  file=${folder%/*}/teams-app.zip
  change python3 "$INFRA/teams_app.py" --app-id "$BOT_APP_ID" --url "$(output publicUrl)" --name "$NAME" \
    --environment "$ENVIRONMENT" --output "$file"
  [[ $PLAN == yes ]] || say "  The app for Teams is $file; a Teams administrator uploads it (docs/deploy.md, The bot in Teams)"
}

company_folder() { printf '%s' "${INTERACT_COMPANY:-$ROOT/.local/deploy/$ENVIRONMENT/company}"; }

# The first tenant is configuration like any other: a folder to be read, completed and applied. Written once, then yours.
write_first_tenant() {
  local folder
  folder=$(company_folder)
  if [[ $PLAN == yes ]]; then
    say "  would write the first tenant into $folder"
    return
  fi
  if [[ ! -e $folder/tenant.yaml ]]; then
    mkdir -p "$folder/organizationUnits"
    printf 'id: %s\nname: %s\n' "$NAME" "$NAME" >"$folder/organizationUnits/$NAME.yaml"
    write_canary "$folder"
    # The last of them, so that a run which was broken off begins again.
    write_tenant >"$folder/tenant.yaml"
  fi
  say "  The first tenant is the folder $folder (docs/deploy.md, First tenant):"
  say "    $(interact_command) login $(output publicUrl)"
  say "    $(interact_command) config apply $folder"
}

# write_canary FOLDER: the service with which the smoke test has a conversation.
write_canary() {
  local file
  for file in domainTemplates/smoke-test.yaml workflows/canary.yaml services/canary.yaml; do
    mkdir -p "$1/${file%/*}"
    sed "s/^organizationUnitId: .*/organizationUnitId: $NAME/" "$INFRA/canary/$file" >"$1/$file"
  done
}

write_tenant() {
  printf 'name: %s\ninteractEnabled: true\ninstantMessagingEnabled: true\n' "$NAME"
  if [[ -n $(output acsResourceId) ]]; then
    printf 'acsSecret: %s\nacsResourceId: %s\n' "$(output acsSecret)" "$(output acsResourceId)"
  else
    printf 'messaging: native\n'
  fi
}
