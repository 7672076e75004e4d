// Apollo Client: JSON, multipart subscriptions, and sockets through graphql-ws.
import assert from 'node:assert/strict'
import {
  ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache,
} from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { createClient } from 'graphql-ws'
import { asking, assertAnswer, CHAT, HEALTH, NOBODY, socketUrl, STREAM, suite, url } from './suite.mjs'

const using = (link) => new ApolloClient({ link, cache: new InMemoryCache() })
const http = using(new HttpLink({ uri: url }))
const getting = using(new HttpLink({ uri: url, useGETForQueries: true }))
const socket = using(new GraphQLWsLink(createClient({ url: socketUrl })))
const events = async (client, query, variables) => {
  const { promise, resolve, reject } = Promise.withResolvers()
  const seen = []
  client.subscribe({ query: gql(query), variables }).subscribe({
    next: ({ data, error }) => (error ? reject(error) : seen.push(data.chatStream)),
    error: reject,
    complete: () => resolve(seen),
  })
  return promise
}
const codeOf = (error) => {
  assert.ok(CombinedGraphQLErrors.is(error), error)
  return error.errors[0].extensions
}

await suite({
  'runs a query': async () => {
    const { data } = await http.query({ query: gql(HEALTH) })
    assert.equal(data.health.status, 'OK')
  },
  'runs a query by GET': async () => {
    const { data } = await getting.query({ query: gql(HEALTH) })
    assert.equal(data.health.status, 'OK')
  },
  'runs a mutation': async () => {
    const { data } = await http.mutate({ mutation: gql(CHAT), variables: asking('Pow!') })
    assert.equal(data.chat.message.content, 'Pow!')
  },
  'follows an answer by multipart': async () => {
    assertAnswer(await events(http, STREAM, asking('one two')), 'one two')
  },
  'follows an answer over a socket': async () => {
    assertAnswer(await events(socket, STREAM, asking('one two')), 'one two')
  },
  'runs a query over a socket': async () => {
    const { data } = await socket.query({ query: gql(HEALTH) })
    assert.equal(data.health.status, 'OK')
  },
  'is told what is wrong with a document': async () => {
    const caught = await http.query({ query: gql(NOBODY) }).catch((error) => error)
    assert.equal(codeOf(caught).code, 'GRAPHQL_VALIDATION_FAILED')
  },
  'is told what is wrong with an argument': async () => {
    const request = { mutation: gql(CHAT), variables: asking(' ') }
    const caught = await http.mutate(request).catch((error) => error)
    assert.equal(codeOf(caught).reason, 'BLANK')
  },
  'is told what is wrong with the argument of a multipart stream': async () => {
    const caught = await events(http, STREAM, asking(' ')).catch((error) => error)
    assert.equal(codeOf(caught).reason, 'BLANK')
  },
  'is told what is wrong with the argument of a stream on a socket': async () => {
    const caught = await events(socket, STREAM, asking(' ')).catch((error) => error)
    assert.equal(codeOf(caught).reason, 'BLANK')
  },
  'keeps an object once in its cache, by its id': async () => {
    const ids = await http.query({ query: gql('{ models { id name } }') })
    const { id, name } = ids.data.models[0]
    const query = gql('query ($id: ID!) { node(id: $id) { id ... on Model { name } } }')
    const again = await http.query({ query, variables: { id } })
    assert.equal(again.data.node.name, name)
  },
})
