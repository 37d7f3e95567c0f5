/**
 * Empty databases, one for each run. They are dropped all at once at the end of a part: a drop makes the server and the
 * file system slower for the run that comes next, by as much as half.
 */
export function emptyDatabases(server, name) {
  const made = []
  let number = 0
  return {
    /** Makes one and gives its URL. */
    async next() {
      const database = `${name} ${++number}`
      made.push(database)
      return server.create(database)
    },
    async drop() {
      for (const database of made.splice(0)) await server.drop(database)
    },
  }
}
