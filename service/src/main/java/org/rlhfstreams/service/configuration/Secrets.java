package org.rlhfstreams.service.configuration;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Decides what is never printed: passwords, tokens, keys, credentials, and those inside URLs. */
final class Secrets {
  private static final String MASK = "********";
  // Whole words: max-new-tokens and keystore locations are no secrets.
  private static final Set<String> SECRET_WORDS =
      Set.of("password", "secret", "token", "jaas", "key", "credential", "credentials");
  private static final Pattern CREDENTIALS_IN_URL = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");

  private Secrets() {}

  /** The value as it may be shown. */
  static String masked(String key, String value) {
    if (value.isEmpty()) {
      return value;
    }
    return isSecret(key) ? MASK : CREDENTIALS_IN_URL.matcher(value).replaceAll(MASK);
  }

  private static boolean isSecret(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.endsWith("auth.user.info")
        || lower.contains("password")
        || Arrays.stream(lower.split("[._-]")).anyMatch(SECRET_WORDS::contains);
  }
}
