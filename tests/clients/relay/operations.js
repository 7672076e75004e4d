// What Relay's compiler turns into the artifacts that relay.mjs runs.
import { graphql } from 'relay-runtime'

graphql`
  query operationsModelsQuery {
    models { id name replacement { id name } }
  }
`
graphql`
  query operationsNodeQuery($id: ID!) {
    node(id: $id) { __typename id ... on Model { name } }
  }
`
graphql`
  query operationsAssistantsQuery($first: Int!, $after: String) {
    assistants(first: $first, after: $after) @connection(key: "all_assistants") {
      edges { cursor node { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`
graphql`
  mutation operationsChatMutation($history: [MessageInput!]!) {
    chat(history: $history) { message { role content } tokenUsage { totalTokens } }
  }
`
graphql`
  subscription operationsStreamSubscription($history: [MessageInput!]!) {
    chatStream(history: $history) {
      __typename cursor
      ... on GenerationDelta { delta }
      ... on GenerationEnded { status message { content } }
    }
  }
`
