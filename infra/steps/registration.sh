# shellcheck shell=bash
# The app registration in Entra ID: the bot's identity, and the roles of administrators. There is no secret.

GRAPH_APP=00000003-0000-0000-c000-000000000000

step_registration() {
  local fix="have an Application Developer run: $SELF $ENVIRONMENT --only registration; then --from whatif --bot-app-id ID"
  local roles="@$INFRA/entra/app-roles.json"
  find_registration
  if [[ -z $BOT_APP_ID ]]; then
    attempt "$fix" az ad app create --display-name "$REGISTRATION_NAME" --sign-in-audience AzureADMyOrg \
      --app-roles "$roles" --requested-access-token-version 2 --is-fallback-public-client true --output none
    find_registration
  else
    say "  $REGISTRATION_NAME is there: $BOT_APP_ID"
    # Administrators sign in with a code on a page of Microsoft's (interact login): that is a public client.
    attempt "$fix" az ad app update --id "$BOT_APP_ID" --app-roles "$roles" --is-fallback-public-client true
  fi
  if [[ -z $BOT_APP_ID ]]; then
    # Only in a plan, where nothing was made; or where Entra has not told all its servers yet.
    [[ $PLAN == yes ]] || fail "the new registration cannot be seen yet" "wait a minute: $SELF $ENVIRONMENT --from registration"
    BOT_APP_ID=$NOBODY
  fi
  attempt "$fix" az ad app update --id "$BOT_APP_ID" --identifier-uris "api://$BOT_APP_ID"
  if ! az ad sp show --id "$BOT_APP_ID" --output none 2>"$SCRATCH/principal.txt"; then
    attempt "$fix" az ad sp create --id "$BOT_APP_ID" --output none
  fi
  let_administrators_sign_in "$fix"
  request_graph_access "$fix"
}

# By device code, where programs have no secret, and as whoever is signed in to the Azure CLI.
let_administrators_sign_in() {
  local application="https://graph.microsoft.com/v1.0/applications(appId='$BOT_APP_ID')"
  attempt "$1" az rest --method patch --url "$application" --body "@$INFRA/entra/sign-in.json" --output none
  # Afterwards: Graph does not preauthorize anybody for a permission that is not there yet.
  attempt "$1" az rest --method patch --url "$application" --body "@$INFRA/entra/azure-cli.json" --output none
}

request_graph_access() {
  local features=()
  [[ $GRAPH_FEATURES == none ]] || IFS=, read -r -a features <<<"$GRAPH_FEATURES"
  az ad sp show --id "$GRAPH_APP" --query appRoles --output json |
    answer graph-access ${features[@]+"${features[@]}"} >"$SCRATCH/access.json" ||
    fail "--graph $GRAPH_FEATURES cannot be used" "$SELF --help lists the features"
  attempt "$1" az ad app update --id "$BOT_APP_ID" --required-resource-accesses "@$SCRATCH/access.json"
}
