package org.rlhfstreams.people.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** One server and one browser for all tests of a class; each test finds both as new. */
@ExtendWith(ChromiumNeeded.class)
abstract class InBrowser {
  static StandIn server;
  static Browser browser;

  @BeforeAll
  static void start() {
    server = new StandIn();
    browser = Browser.start();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
      browser = null;
    }
    server.close();
  }

  @BeforeEach
  void fresh() {
    server.reset();
    browser.asDesktop();
    browser.prefers("light");
  }

  @AfterEach
  void nothingWasForbidden() {
    List<String> complaints = browser.complaints();
    browser.forget();
    assertThat(complaints).isEmpty();
  }
}
