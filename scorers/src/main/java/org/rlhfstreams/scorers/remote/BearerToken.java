package org.rlhfstreams.scorers.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * A token from an environment variable or from a file. The file is read for each call, so that a
 * token that is renewed is used at once. It is never part of a message.
 */
final class BearerToken {
  static final List<ScorerSetting> SETTINGS =
      List.of(
          ScorerSetting.optional(
              "token-variable", "the environment variable with the bearer token"),
          ScorerSetting.optional("token-file", "a file with the bearer token, read for each call"));

  private final Optional<String> fixed;
  private final Optional<Path> file;

  private BearerToken(Optional<String> fixed, Optional<Path> file) {
    this.fixed = fixed;
    this.file = file;
  }

  /**
   * Reads {@link #SETTINGS}.
   *
   * @param environment from a variable's name to its value, or null
   */
  static BearerToken of(SettingValues settings, UnaryOperator<String> environment) {
    Optional<String> variable = settings.optional("token-variable");
    Optional<String> file = settings.optional("token-file");
    if (variable.isPresent() && file.isPresent()) {
      throw settings.problem("token-variable", "give either it or \"token-file\"");
    }
    if (variable.isPresent()) {
      String token = environment.apply(variable.get());
      if (token == null || !isUsable(token.strip())) {
        throw settings.problem(
            "token-variable",
            "set the environment variable " + variable.get() + " to a token, one line of ASCII");
      }
      return new BearerToken(Optional.of(token.strip()), Optional.empty());
    }
    if (file.isPresent() && !isUsable(settings.file("token-file").orElse("").strip())) {
      throw settings.problem("token-file", "the file has to hold a token, one line of ASCII");
    }
    return new BearerToken(Optional.empty(), file.map(Path::of));
  }

  private static boolean isUsable(String token) {
    return !token.isEmpty() && token.chars().allMatch(one -> one > ' ' && one < 127);
  }

  /**
   * The value of the header Authorization, if there is a token.
   *
   * @throws RemoteFailureException if the file cannot be read at the moment
   */
  Optional<String> header() throws RemoteFailureException {
    if (file.isEmpty()) {
      return fixed.map(token -> "Bearer " + token);
    }
    try {
      String token = Files.readString(file.get()).strip();
      if (isUsable(token)) {
        return Optional.of("Bearer " + token);
      }
    } catch (IOException e) {
      // said below
    }
    throw new RemoteFailureException(
        "the token file " + file.get() + " cannot be read, or holds no token", true, false);
  }
}
