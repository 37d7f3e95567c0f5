import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;
import java.util.List;

/** A server in memory on a free port of the loopback, which it prints; it ends with its standard input. */
public class TestServer {
  // The newest version the library knows of itself is too old for the driver.
  private static final MongoVersion VERSION = new MongoVersion() {
    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0);
    }

    public int getWireVersion() {
      return 13;
    }
  };

  public static void main(String[] args) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend().version(VERSION));
    server.bind(new InetSocketAddress("127.0.0.1", 0));
    System.out.println(server.getLocalAddress().getPort());
    while (System.in.read() != -1) {}
    System.exit(0);
  }
}
