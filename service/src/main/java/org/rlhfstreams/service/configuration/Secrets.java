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
  // What ends so says where a secret is, not what it is.
  private static final Set<String> PLACES = Set.of("file", "files", "location", "path");
  private static final Pattern CREDENTIALS_IN_URL = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");

  private Secrets() {}

  /** The value as it may be shown. */
  static String masked(String key, String value) {
    if (value.isEmpty()) {
      return value;
    }
    return isSecret(key) ? MASK : CREDENTIALS_IN_URL.matcher(value).replaceAll(MASK);
  }

  /** Whether a value is the secret itself, and not a reference to where a provider has it. */
  static boolean isPlain(String key, String value) {
    return isSecret(key) && !value.isEmpty() && !value.contains("${");
  }

  private static boolean isSecret(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    if (PLACES.contains(lower.substring(lower.lastIndexOf('.') + 1).replaceFirst(".*[-_]", ""))) {
      return false;
    }
    return lower.endsWith("auth.user.info")
        || lower.contains("password")
        || Arrays.stream(lower.split("[._-]")).anyMatch(SECRET_WORDS::contains);
  }
}
