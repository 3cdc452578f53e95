package org.rlhfstreams.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedBroker;

final class TopicAdministratorTest {
  private static final int ROLES = 5;

  @Test
  void rolesThatStartAtOnceCreateEachTopicOnce(@TempDir Path log)
      throws ExecutionException, InterruptedException {
    Topics topics = new Topics("together.", 3);
    ExecutorService roles = Executors.newFixedThreadPool(ROLES);
    try (EmbeddedBroker broker = EmbeddedBroker.start(log, 0)) {
      List<Future<List<String>>> started = new ArrayList<>();
      for (int role = 0; role < ROLES; role++) {
        started.add(
            roles.submit(
                () -> {
                  try (Admin admin =
                      Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                    return new TopicAdministrator(admin, 1).ensure(topics.all());
                  }
                }));
      }
      List<String> created = new ArrayList<>();
      for (Future<List<String>> role : started) {
        created.addAll(role.get());
      }
      assertThat(created)
          .containsExactlyInAnyOrderElementsOf(topics.all().stream().map(Topic::name).toList());
    } finally {
      roles.shutdownNow();
    }
  }
}
