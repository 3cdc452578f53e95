package org.rlhfstreams.people.pages;

/** What a model may write to harm whoever reads it. */
final class HostileTexts {
  static final String MARKUP =
      "<script>window.harmed = true</script><img src=x onerror=\"window.harmed = true\">"
          + "<svg onload=\"window.harmed = true\"></svg></div><style>body{display:none}</style>";
  static final String OVERRIDE = "safe \u202Egnp.exe\u202C \u2067inside\u2069 after";
  static final String ZERO_WIDTH = "pass\u200Bwo\u2060rd\uFEFF with \u200B\u200B\u200B three";
  static final String ONE_WORD = "w".repeat(1_000_000);
  static final String UNSEEN_FLOOD = "\u200Ba".repeat(500_000);
  static final String MARKS = "Z" + "\u0301".repeat(3_000) + "algo";
  static final String LINES = "line\n".repeat(100_000);

  private HostileTexts() {}
}
