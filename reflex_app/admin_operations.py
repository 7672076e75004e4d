"""The documents of the administration page, beside those of `operations`."""

_PEOPLE = """
fragment People on PrincipalConnection {
  totalCount
  pageInfo { hasNextPage endCursor }
  nodes {
    id
    kind
    name
    conversationCount
    lastActiveAt
    spentToday { amount currency }
    spentThisMonth { amount }
    limits { requestsPerMinute tokensPerMinute concurrent dailyUsd monthlyUsd }
  }
}"""

_KEYS = """
fragment Keys on ApiKeyConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id
    name
    scopes
    hint
    expiresAt
    revokedAt
    usedAt
    principalId
    principal { kind name }
  }
}"""

_DEEDS = """
fragment Deeds on AuditEntryConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id
    at
    by { ...By }
    action
    subject
    details { name value }
  }
}"""

_BY = """
fragment By on Actor { principalId principal { kind name } }"""

OVERVIEW = (
    """query Overview($since: DateTime!, $order: PrincipalOrder!, $first: Int!) {
  admin {
    principals(first: $first, orderBy: $order) { ...People }
    apiKeys(first: $first) { ...Keys }
    failures(since: $since) {
      counts { code count }
      newest { generationId at modelName code principalId }
    }
    killSwitch { on since reason by { ...By } }
    auditLog(first: $first) { ...Deeds }
  }
}
"""
    + _PEOPLE
    + _KEYS
    + _DEEDS
    + _BY
)

MORE_PEOPLE = (
    """query MorePeople($after: String!, $order: PrincipalOrder!, $first: Int!) {
  admin { found: principals(first: $first, after: $after, orderBy: $order) {
    ...People
  } }
}
"""
    + _PEOPLE
)

MORE_KEYS = (
    """query MoreKeys($after: String!, $first: Int!) {
  admin { found: apiKeys(first: $first, after: $after) { ...Keys } }
}
"""
    + _KEYS
)

MORE_DEEDS = (
    """query MoreDeeds($after: String!, $first: Int!) {
  admin { found: auditLog(first: $first, after: $after) { ...Deeds } }
}
"""
    + _DEEDS
    + _BY
)

MAKE_KEY = """mutation MakeKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { token apiKey { id name } }
}"""

END_KEY = """mutation EndKey($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) { apiKey { id revokedAt } }
}"""

LIMIT = """mutation Limit($input: SetPrincipalLimitsInput!) {
  setPrincipalLimits(input: $input) { principal { id } }
}"""

TURN_SWITCH = """mutation TurnSwitch($input: SetKillSwitchInput!) {
  setKillSwitch(input: $input) { killSwitch { on } }
}"""

ADMIN_OPERATIONS = (
    OVERVIEW,
    MORE_PEOPLE,
    MORE_KEYS,
    MORE_DEEDS,
    MAKE_KEY,
    END_KEY,
    LIMIT,
    TURN_SWITCH,
)
"""All of them, for `operations.OPERATIONS`."""
