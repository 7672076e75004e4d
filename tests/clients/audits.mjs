// GraphQL over HTTP: every audit of graphql-http, MUST, SHOULD and MAY.
import { serverAudits } from 'graphql-http'
import { suite, url } from './suite.mjs'

const passed = async (audit) => {
  const { status, reason } = await audit.fn()
  if (status !== 'ok') throw new Error(`${audit.name}: ${reason}`)
}
const audits = serverAudits({ url })
await suite(Object.fromEntries(audits.map((a) => [a.id, () => passed(a)])))
