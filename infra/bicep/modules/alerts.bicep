// What somebody has to hear of. Each description says what to do first; docs/deploy.md lists them.
param base string
param location string
param tags object
param workspaceId string
param topicId string
param emails array

var deliveryFailures = [
  {
    name: 'dead-letters'
    metric: 'DeadLetteredCount'
    severity: 1
    text: 'Events ended in the container dead-letter: read there why, then replay them.'
  }
  {
    name: 'dropped-events'
    metric: 'DroppedEventCount'
    severity: 1
    text: 'Events were lost: they could neither be delivered nor written into the container dead-letter.'
  }
]

var logRules = [
  {
    name: 'failed-events'
    severity: 2
    threshold: 5
    window: 'PT15M'
    query: 'AppRequests | where Name in ("on_chat_event", "on_call_event") and Success == false'
    text: 'Functions fail at events. Event Grid repeats them for a day; look at the exceptions of on_chat_event.'
  }
  {
    name: 'poison-messages'
    severity: 1
    threshold: 0
    window: 'PT15M'
    query: 'AppTraces | where Message has "MaxDequeueCount" or Message has "session-timers-poison"'
    text: 'Timers went to session-timers-poison. Their sessions go on with the next message; find out why they failed.'
  }
  {
    name: 'token-errors'
    severity: 1
    threshold: 0
    window: 'PT15M'
    query: 'union isfuzzy=true (AppTraces | where Message has "gets no token" | project TimeGenerated), (ACSAuthIncomingOperations | where toint(ResultSignature) in (401, 403) | project TimeGenerated)'
    text: 'The bot or a tenant gets no token: check the federated credential and the connection string in the vault.'
  }
  {
    name: 'slow-widget'
    severity: 3
    threshold: 0
    window: 'PT15M'
    query: 'AppRequests | where Name startswith "widget_" | summarize slow = percentile(DurationMs, 95), calls = count() by bin(TimeGenerated, 5m) | where calls >= 20 and slow > 3000'
    text: 'One in twenty calls of the widget takes over 3 s: raise always-ready instances or look at the dependencies.'
  }
  {
    name: 'acs-throttling'
    severity: 2
    threshold: 20
    window: 'PT15M'
    query: 'union isfuzzy=true (ACSChatIncomingOperations | where toint(ResultSignature) == 429 | project TimeGenerated), (ACSAuthIncomingOperations | where toint(ResultSignature) == 429 | project TimeGenerated), (AppDependencies | where toint(ResultCode) == 429 and Target has "communication.azure.com" | project TimeGenerated)'
    text: 'ACS refuses calls for a while. Messages wait and are not lost; ask Microsoft for higher limits if it stays.'
  }
  {
    name: 'app-not-ready'
    severity: 1
    threshold: 3
    window: 'PT5M'
    query: 'AppRequests | where ResultCode == "503"'
    text: 'The app answers that it is not ready: GET /api/health says which setting or which service is at fault.'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-interact-${base}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'interact'
    enabled: true
    emailReceivers: [for address in emails: {
      name: address
      emailAddress: address
      useCommonAlertSchema: true
    }]
  }
}

resource eventAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for rule in deliveryFailures: if (!empty(topicId)) {
  name: 'alert-${rule.name}-${base}'
  location: 'global'
  tags: tags
  properties: {
    description: rule.text
    severity: rule.severity
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: rule.name
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: rule.metric
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      { actionGroupId: people.id }
    ]
  }
}]

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in logRules: {
  name: 'alert-${rule.name}-${base}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Interact ${base}: ${rule.name}'
    description: rule.text
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: rule.window
    autoMitigate: true
    // Tables appear with their first row.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: rule.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]
