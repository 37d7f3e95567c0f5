// What the tests saw of the commands of one document.

/**
 * Lays a document's list beside the outcomes of the tests.
 *
 * @param document `commands`: `{ section, command, outcome, test, as?, why? }` in the document's order. `test` is `<file>: <name>`, the one
 *   that compares the outcome; `as` the line that it executes, where that is not the command itself, with `…` for a part that varies;
 *   `why` stands where no test executes it. `otherwise`: by when, the tests of other orders and places
 * @param system the example's folder
 * @param outcomes by test file: `{ test, state, lines }`
 * @param files the test files that there are
 * @returns `rows` and `otherwise` with what was `seen`; what is `wrong`; which tests are `absent`: they did not run here
 */
export function seenOf(document, system, outcomes, files) {
  const wrong = []
  const absent = new Set()

  const rows = document.commands.map((row) => ({ ...row, seen: seenOfCommand(row) }))
  const otherwise = Object.entries(document.otherwise).map(([when, tests]) => [when, tests.map(seenOfTest).join(', ')])
  return { rows, otherwise, wrong: [...new Set(wrong)], absent: [...absent] }

  function seenOfCommand({ command, test, as = command, why }) {
    if (!test === !why) {
      wrong.push(`'${command}' needs either the test that executes it or why none does`)
      return ''
    }
    if (why) return `not run: ${why}`
    const outcome = outcomeOf(test)
    if (outcome === undefined) return ''
    const codes = outcome.lines
      .filter((executed) => executed.system === system && matches(as, executed.line))
      .map((executed) => executed.code)
    if (codes.length === 0) wrong.push(`'${test}' does not execute '${as}'`)
    return `${said([...new Set(codes)])}: ${link(test)}`
  }

  function seenOfTest(test) {
    outcomeOf(test)
    return link(test)
  }

  function outcomeOf(test) {
    const [file, name] = parts(test)
    if (!files.includes(file)) return void wrong.push(`'${test}': there is no such file`)
    if (!(file in outcomes)) return void absent.add(`${file} was not run`)
    const found = outcomes[file].filter((outcome) => outcome.test === name)
    if (found.length !== 1) return void wrong.push(`'${test}': ${found.length} tests have that name`)
    const [outcome] = found
    if (outcome.state === 'skipped') return void absent.add(`'${name}' was skipped`)
    if (outcome.state !== 'passed') return void wrong.push(`'${test}' ${outcome.state}`)
    return outcome
  }
}

function parts(test) {
  const [file, ...name] = test.split(': ')
  return [`${file}.test.ts`, name.join(': ')]
}

function matches(as, line) {
  const literal = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${as.split('…').map(literal).join('[^]*')}$`).test(line)
}

function said(codes) {
  const exits = codes.filter((code) => code !== 'stopped').map(String)
  const stopped = codes.includes('stopped') ? ['ran until it was stopped'] : []
  return [...(exits.length > 0 ? [`exit ${exits.join(', ')}`] : []), ...stopped].join('; ')
}

function link(test) {
  const [file, name] = parts(test)
  return `[${name.replaceAll('|', '\\|').replaceAll(/[[\]]/g, '\\$&')}](test/${file})`
}
