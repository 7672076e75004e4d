// graphql-eslint's recommended and Relay rules over the printed schema. What is set
// otherwise than there has its reason.
import { fileURLToPath } from 'node:url'
import graphql from '@graphql-eslint/eslint-plugin'

const { configs } = graphql
const schema = fileURLToPath(new URL('../../schema.graphql', import.meta.url))

// Types without an identity of their own: a client cannot fetch them again, only what
// holds them. Every other type has an `id`, so that caches keep it once.
const VALUES = [
  'Actor', 'Admin', 'AuditDetail', 'Budget', 'ChatResult', 'ConversationOptions', 'Cost',
  'CostItem', 'FailedAnswer', 'FailureCount', 'Failures', 'Feedback', 'Health',
  'HealthComponent', 'KillSwitch', 'Message', 'ModelPricing', 'Money', 'PageInfo',
  'Problem', 'RateLimit', 'SearchHit', 'SharedConversation', 'SharedMessage',
  'SnippetPart', 'TokenUsage', 'UsageLimits', 'UsageReport', 'UsageRow',
]
// Events are told apart by `cursor`, and belong to a run that has an `id`.
const EVENTS = ['GenerationDelta', 'GenerationEnded', 'GenerationReset', 'GenerationStarted']

export default [
  {
    files: ['schema.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema } },
    },
    rules: {
      ...configs['flat/schema-recommended'].rules,
      ...configs['flat/schema-relay'].rules,
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            types: [...VALUES, ...EVENTS],
            suffixes: ['Connection', 'Edge', 'Payload'],
          },
        },
      ],
      // Short, bounded lists (`starters`, `models`, lines of a receipt) are plain lists,
      // and connections have Relay's usual `nodes` beside their `edges`. What a search
      // finds are passages, not things of their own.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // A search is read from its first hit on.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
    },
  },
]
