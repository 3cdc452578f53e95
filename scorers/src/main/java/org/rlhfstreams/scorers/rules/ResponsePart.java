package org.rlhfstreams.scorers.rules;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * The part of a response that counts: all of it, or what follows the last occurrence of a marker.
 *
 * @param marker empty for all of it
 */
public record ResponsePart(String marker) {
  /** What a user may set. */
  public static final List<ScorerSetting> SETTINGS =
      List.of(
          ScorerSetting.optional(
              "after",
              "only what follows the last occurrence of this text counts, such as `</think>`; a"
                  + " response without it is wrong"));

  /** Reads {@link #SETTINGS}. */
  public static ResponsePart of(SettingValues values) {
    return new ResponsePart(values.text("after"));
  }

  /** The part; empty if the response lacks the marker. */
  public Optional<String> in(String response) {
    int at = response.lastIndexOf(marker);
    return at < 0 ? Optional.empty() : Optional.of(whole(response, at));
  }

  private String whole(String response, int at) {
    return marker.isEmpty() ? response : response.substring(at + marker.length());
  }

  /** Why a response without the marker is wrong. */
  public String missing() {
    return "\"" + marker + "\" does not occur";
  }
}
