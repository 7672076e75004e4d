"""Every document the page sends, so that one test holds them against the contract."""

from reflex_app.admin_operations import ADMIN_OPERATIONS

_COST = """{
    amount
    currency
    estimated
    priceSource
    items { kind tokens ratePerMillion amount }
  }"""

_MESSAGE = f"""
fragment Message on ConversationMessage {{
  id
  role
  status
  content
  tokenUsage {{ totalTokens }}
  cost {_COST}
  finishReason
  problem {{ code message retryable retryAfterMs }}
  feedback {{ rating comment }}
  model {{ name }}
  versions {{ id }}
}}"""

OFFER = """query Offer {
  assistants(first: 20) {
    nodes { id name description temperature starters model { ...Model } }
  }
  models { ...Model }
  viewer { scopes }
}

fragment Model on Model {
  id
  name
  provider
  contextWindow
  available
  shutdownAt
  replacement { name }
  pricing {
    promptPerMillion { amount currency }
    completionPerMillion { amount currency }
  }
}"""

CONVERSATIONS = """query Conversations(
  $first: Int!, $after: String, $archived: Boolean!, $start: Boolean!
) {
  pinned: conversations(first: 100, pinned: true, archived: $archived)
    @include(if: $start) { nodes { ...Entry } }
  conversations(first: $first, after: $after, archived: $archived) {
    nodes { ...Entry }
    pageInfo { hasNextPage endCursor }
  }
}

fragment Entry on Conversation { id title archived updatedAt pinnedAt }"""

FIND = """query Find($words: String!, $titles: Int!, $messages: Int!) {
  titles: search(query: $words, within: TITLES, first: $titles) {
    nodes { conversation { id title archived } snippet { text hit } }
  }
  messages: search(query: $words, within: MESSAGES, first: $messages) {
    nodes {
      conversation { id title archived }
      message { id role createdAt }
      snippet { text hit }
    }
    pageInfo { hasNextPage }
  }
}"""

CONVERSATION = (
    """query Conversation($id: ID!, $last: Int!) {
  conversation(id: $id) {
    id
    title
    archived
    updatedAt
    pinnedAt
    messages(last: $last) {
      nodes { ...Message }
      pageInfo { hasPreviousPage startCursor }
    }
    activeGeneration { id }
    cost { amount currency estimated }
    assistant { id }
    options { model { id } temperature maxCompletionTokens }
  }
}"""
    + _MESSAGE
)

EARLIER = (
    """query Earlier($id: ID!, $last: Int!, $before: String!) {
  conversation(id: $id) {
    messages(last: $last, before: $before) {
      nodes { ...Message }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}"""
    + _MESSAGE
)

GLANCE = """query Glance($id: ID!) {
  conversation(id: $id) {
    id
    title
    archived
    updatedAt
    pinnedAt
    activeGeneration { id }
    messages(last: 1) { nodes { id status } }
  }
}"""

ALL_MESSAGES = (
    """query AllMessages($id: ID!, $first: Int!, $after: String) {
  conversation(id: $id) {
    title
    messages(first: $first, after: $after) {
      nodes {
        ...Message
        createdAt
        versions { id content status createdAt }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""
    + _MESSAGE
)

CREATE = """mutation Create($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } }
}"""

_GENERATION = "{ generation { id } conversation { id } }"

SEND = f"""mutation Send($input: SendMessageInput!) {{
  sendMessage(input: $input) {_GENERATION}
}}"""

EDIT = f"""mutation Edit($input: EditMessageInput!) {{
  editMessage(input: $input) {_GENERATION}
}}"""

REGENERATE = f"""mutation Regenerate($input: RegenerateMessageInput!) {{
  regenerateMessage(input: $input) {_GENERATION}
}}"""

SELECT = """mutation Select($input: SelectMessageVersionInput!) {
  selectMessageVersion(input: $input) { conversation { id } }
}"""

UPDATE = """mutation Update($input: UpdateConversationInput!) {
  updateConversation(input: $input) {
    conversation { id title archived updatedAt pinnedAt }
  }
}"""

ARCHIVE = """mutation Archive($input: ArchiveConversationsInput!) {
  archiveConversations(input: $input) {
    conversations { id title archived updatedAt pinnedAt }
  }
}"""

DELETE = """mutation Delete($input: DeleteConversationsInput!) {
  deleteConversations(input: $input) { deletedConversationIds }
}"""

JUDGE = """mutation Judge($input: GiveFeedbackInput!) {
  giveFeedback(input: $input) { message { id feedback { rating comment } } }
}"""

# Each event carries these names, so they are short.
FOLLOW = """subscription Follow($generationId: ID!, $after: String) {
  e: generationEvents(generationId: $generationId, after: $after) {
    c: cursor
    ... on GenerationDelta { d: delta }
    ... on GenerationReset { reset: text }
    ... on GenerationEnded { status }
  }
}"""

STOP = """mutation Stop($input: StopGenerationInput!) {
  stopGeneration(input: $input) { generation { id status } }
}"""

_PART = """
fragment Part on UsageRow {
  key
  requests
  promptTokens
  completionTokens
  unpricedRequests
  cost { amount currency estimated }
}"""

USAGE = (
    """query Usage($since: DateTime!, $until: DateTime!, $groupBy: UsageGroupBy!) {
  usage(since: $since, until: $until, groupBy: $groupBy) {
    total { ...Part }
    rows { ...Part }
  }
}
"""
    + _PART
)

SPENDING = (
    """query Spending($day: DateTime!, $month: DateTime!) {
  today: usage(since: $day) { total { ...Part } }
  month: usage(since: $month) { total { ...Part } }
  viewer {
    budget {
      limit { amount currency }
      spent { amount }
      reserved { amount }
      resetsAt
    }
  }
}
"""
    + _PART
)

VIEWER = """query Viewer {
  viewer { id displayName anonymous }
}"""

TITLES = """query Titles($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Conversation { id title }
  }
}"""

_SHARE = "{ id messageCount createdAt expiresAt }"

SHARES = f"""query Shares($id: ID!) {{
  conversation(id: $id) {{ id shares {_SHARE} }}
}}"""

SHARE = f"""mutation Share($input: ShareConversationInput!) {{
  shareConversation(input: $input) {{ token share {_SHARE} }}
}}"""

REVOKE = """mutation Revoke($input: RevokeShareInput!) {
  revokeShare(input: $input) { share { id revokedAt } }
}"""

SHARED = """query Shared($token: String!) {
  sharedConversation(token: $token) {
    title
    assistantName
    createdAt
    expiresAt
    messages { role content modelName createdAt }
  }
}"""

OPERATIONS = (
    OFFER,
    CONVERSATIONS,
    FIND,
    CONVERSATION,
    EARLIER,
    GLANCE,
    ALL_MESSAGES,
    CREATE,
    SEND,
    EDIT,
    REGENERATE,
    SELECT,
    UPDATE,
    ARCHIVE,
    DELETE,
    JUDGE,
    FOLLOW,
    STOP,
    USAGE,
    SPENDING,
    TITLES,
    SHARES,
    SHARE,
    REVOKE,
    SHARED,
    *ADMIN_OPERATIONS,
    VIEWER,
)
"""All documents, so that one test holds them against `schema.graphql`."""
