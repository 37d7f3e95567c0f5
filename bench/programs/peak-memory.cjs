// Preloaded where there is no GNU time: writes the process's own peak of resident memory, in kB, when it ends.
const { readFileSync, writeFileSync } = require('node:fs')

const file = process.env.BENCH_PEAK_FILE
delete process.env.NODE_OPTIONS
delete process.env.BENCH_PEAK_FILE
process.on('exit', () => writeFileSync(file, String(peak())))

function peak() {
  try {
    // Linux counts what the parent held before `exec` into getrusage; this line does not.
    return /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]
  } catch {
    return process.resourceUsage().maxRSS
  }
}
