// Plain fetch, with what a page would write by hand.
import assert from 'node:assert/strict'
import { asking, assertAnswer, CHAT, HEALTH, NOBODY, STREAM, suite, url } from './suite.mjs'

const post = (query, variables, headers = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
const refused = async (response, status) => {
  assert.equal(response.status, status)
  assert.match(response.headers.get('content-type'), /^application\/.*json/)
  const { errors, data } = await response.json()
  assert.equal(data, undefined)
  assert.ok(errors[0].extensions.code)
}
const GRAPHQL = { accept: 'application/graphql-response+json' }
const MULTIPART = { accept: 'multipart/mixed;subscriptionSpec=1.0, application/json' }
const SSE = { accept: 'text/event-stream' }

await suite({
  'answers a query by POST': async () => {
    const { data } = await (await post(HEALTH)).json()
    assert.equal(data.health.status, 'OK')
  },
  'answers a query by GET': async () => {
    const response = await fetch(`${url}?query=${encodeURIComponent(HEALTH)}`)
    assert.equal((await response.json()).data.health.status, 'OK')
  },
  'answers a mutation': async () => {
    const { data } = await (await post(CHAT, asking('Pow!'))).json()
    assert.equal(data.chat.message.content, 'Pow!')
  },
  'tells a request error by its status when asked for the new media type': async () => {
    await refused(await post(NOBODY, {}, GRAPHQL), 400)
    await refused(await post('{', {}, GRAPHQL), 400)
    await refused(await post(CHAT, {}, GRAPHQL), 400)
  },
  'tells a request error with 200 and without data otherwise': async () => {
    await refused(await post(NOBODY), 200)
  },
  'keeps 200 and data for an error of a field': async () => {
    const response = await post(CHAT, asking(' '), GRAPHQL)
    assert.equal(response.status, 200)
    const body = await response.json()
    assert.equal(body.data, null)
    assert.equal(body.errors[0].extensions.code, 'BAD_USER_INPUT')
  },
  'gets its mistakes told in JSON': async () => {
    await refused(await fetch(url, { method: 'POST', body: 'x' }), 415)
    await refused(await fetch(url, { method: 'DELETE' }), 405)
    await refused(await fetch(url), 400)
    await refused(await post(HEALTH, {}, { accept: 'image/png' }), 406)
  },
  'is told the methods when it used a wrong one': async () => {
    const response = await fetch(url, { method: 'PUT' })
    assert.equal(response.headers.get('allow'), 'GET, POST')
  },
  'reads server-sent events frame by frame': async () => {
    const response = await post(STREAM, asking('one two'), SSE)
    assert.match(response.headers.get('content-type'), /^text\/event-stream/)
    const frames = (await response.text()).split('\n\n')
    const next = frames.filter((frame) => frame.startsWith('event: next\ndata: '))
    const events = next.map((frame) => JSON.parse(frame.slice(18)).data.chatStream)
    assertAnswer(events, 'one two')
    assert.equal(frames.at(-2), 'event: complete\ndata: ')
  },
  'reads multipart part by part': async () => {
    const response = await post(STREAM, asking('one two'), MULTIPART)
    assert.match(response.headers.get('content-type'), /^multipart\/mixed/)
    const parts = (await response.text()).split('\r\n--graphql')
    assert.equal(parts[0], '')
    assert.equal(parts.at(-1), '--\r\n')
    const bodies = parts.slice(1, -1).map((part) => part.split('\r\n\r\n')[1])
    const payloads = bodies.map((body) => JSON.parse(body).payload).filter(Boolean)
    assertAnswer(payloads.map((payload) => payload.data.chatStream), 'one two')
  },
  'may leave a stream at any time': async () => {
    const leaving = new AbortController()
    const request = { ...asking('__slow__ one two three') }
    const response = await fetch(url, {
      method: 'POST',
      signal: leaving.signal,
      headers: { 'content-type': 'application/json', ...SSE },
      body: JSON.stringify({ query: STREAM, variables: request }),
    })
    await response.body.getReader().read()
    leaving.abort()
    assert.equal((await post(HEALTH)).status, 200)
  },
})
