// Relay's runtime with what its compiler made of relay/operations.js.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-ws'
import relay from 'relay-runtime'
import assistants from './generated/relay/operationsAssistantsQuery.graphql.js'
import chat from './generated/relay/operationsChatMutation.graphql.js'
import models from './generated/relay/operationsModelsQuery.graphql.js'
import node from './generated/relay/operationsNodeQuery.graphql.js'
import stream from './generated/relay/operationsStreamSubscription.graphql.js'
import { asking, assertAnswer, socketUrl, suite, url } from './suite.mjs'

const { Environment, Network, Observable, RecordSource, Store } = relay
const socket = createClient({ url: socketUrl })
const post = async ({ text: query }, variables) => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ query, variables })
  return (await fetch(url, { method: 'POST', headers, body })).json()
}
const subscribe = ({ text: query }, variables) =>
  Observable.create((sink) => socket.subscribe({ query, variables }, sink))
const environment = new Environment({
  network: Network.create(post, subscribe),
  store: new Store(new RecordSource()),
})
const fetched = (query, variables) =>
  relay.fetchQuery(environment, query, variables).toPromise()
const mutated = (variables) =>
  new Promise((onCompleted, onError) => {
    relay.commitMutation(environment, { mutation: chat, variables, onCompleted, onError })
  })
const followed = (variables) =>
  new Promise((resolve, onError) => {
    const seen = []
    const onNext = ({ chatStream }) => seen.push(chatStream)
    const onCompleted = () => resolve(seen)
    const config = { subscription: stream, variables, onNext, onCompleted, onError }
    relay.requestSubscription(environment, config)
  })

await suite({
  'runs a query': async () => {
    const data = await fetched(models, {})
    assert.ok(data.models[0].name)
  },
  'fetches an object again by its id': async () => {
    const [{ id, name }] = (await fetched(models, {})).models
    const { node: again } = await fetched(node, { id })
    assert.equal(again.name, name)
    assert.equal(environment.getStore().getSource().get(id).name, name)
  },
  'reads a connection': async () => {
    const { assistants: page } = await fetched(assistants, { first: 1 })
    assert.equal(page.edges.length, 1)
    assert.equal(page.pageInfo.endCursor, page.edges[0].cursor)
  },
  'runs a mutation': async () => {
    const data = await mutated(asking('Pow!'))
    assert.equal(data.chat.message.content, 'Pow!')
  },
  'is told what is wrong with an argument': async () => {
    await assert.rejects(mutated(asking(' ')), /empty|blank|text/i)
  },
  'follows an answer over a socket': async () => {
    assertAnswer(await followed(asking('one two')), 'one two')
  },
})
