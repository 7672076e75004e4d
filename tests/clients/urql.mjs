// urql, which lists text/event-stream in the Accept header of every request.
import assert from 'node:assert/strict'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { createClient } from 'graphql-ws'
import { asking, assertAnswer, CHAT, HEALTH, NOBODY, socketUrl, STREAM, suite, url } from './suite.mjs'

const http = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true })
const getting = new Client({ url, exchanges: [fetchExchange], preferGetMethod: 'force' })
const socket = createClient({ url: socketUrl })
const forwardSubscription = (request) => ({
  subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }),
})
const mixed = new Client({
  url,
  exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })],
})
const events = (client, query, variables) =>
  new Promise((resolve, reject) => {
    const seen = []
    const { unsubscribe } = client.subscription(query, variables).subscribe((result) => {
      if (result.error) return reject(result.error)
      seen.push(result.data.chatStream)
      if (seen.at(-1).__typename === 'GenerationEnded') {
        setTimeout(() => unsubscribe())
        resolve(seen)
      }
    })
  })

await suite({
  'runs a query': async () => {
    const { data } = await http.query(HEALTH, {}).toPromise()
    assert.equal(data.health.status, 'OK')
  },
  'runs a query by GET': async () => {
    const { data } = await getting.query(HEALTH, {}).toPromise()
    assert.equal(data.health.status, 'OK')
  },
  'runs a mutation': async () => {
    const { data } = await http.mutation(CHAT, asking('Pow!')).toPromise()
    assert.equal(data.chat.message.content, 'Pow!')
  },
  'gets a query as JSON': async () => {
    const { promise: type, resolve } = Promise.withResolvers()
    const watching = async (...request) => {
      const response = await fetch(...request)
      resolve(response.headers.get('content-type'))
      return response
    }
    const client = new Client({ url, exchanges: [fetchExchange], fetch: watching })
    await client.query(HEALTH, {}).toPromise()
    assert.match(await type, /^application\/graphql-response\+json/)
  },
  'follows an answer by server-sent events': async () => {
    assertAnswer(await events(http, STREAM, asking('one two')), 'one two')
  },
  'follows an answer over a socket': async () => {
    assertAnswer(await events(mixed, STREAM, asking('one two')), 'one two')
  },
  'is told what is wrong with a document': async () => {
    const { error } = await http.query(NOBODY, {}).toPromise()
    assert.equal(error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  },
  'is told what is wrong with an argument': async () => {
    const { error } = await http.mutation(CHAT, asking(' ')).toPromise()
    assert.equal(error.graphQLErrors[0].extensions.reason, 'BLANK')
  },
  'is told what is wrong with the argument of a stream': async () => {
    const caught = await events(http, STREAM, asking(' ')).catch((error) => error)
    assert.equal(caught.graphQLErrors[0].extensions.reason, 'BLANK')
  },
})
