// What graphql-eslint finds in schema.graphql; ends with 1 when it finds anything.
import { ESLint } from 'eslint'
import { fileURLToPath } from 'node:url'

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  overrideConfigFile: fileURLToPath(new URL('eslint.config.mjs', import.meta.url)),
})
const results = await eslint.lintFiles(['schema.graphql'])
const messages = results.flatMap((result) => result.messages)
for (const { line, ruleId, message } of messages) console.log(line, ruleId, message)
process.exitCode = messages.length ? 1 : 0
