// The rows of write-seeds.mjs, a thousand at once.
module.exports = function* seedRows() {
  const rows = Number(process.env.BENCH_ROWS)
  for (let first = 1; first <= rows; first += 1000)
    yield Array.from({ length: Math.min(1000, rows - first + 1) }, (_, i) => {
      const id = first + i
      return {
        id,
        email: `user${id}@example.com`,
        name: `User number ${id}`,
        created_at: new Date(1_700_000_000_000 + id * 1000),
      }
    })
}
