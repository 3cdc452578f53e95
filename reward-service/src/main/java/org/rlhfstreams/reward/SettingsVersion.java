package org.rlhfstreams.reward;

import java.util.TreeMap;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.service.configuration.RewardConfiguration;

/**
 * The version of a scorer of a built-in kind: the kind and eight hexadecimal digits that stand for
 * its settings, such as {@code math-5f2c1a90}. Other settings are another version.
 */
final class SettingsVersion {
  private static final int DIGITS = 8;

  private SettingsVersion() {}

  /** The version of one. */
  static String of(RewardConfiguration reward) {
    ContentDigest digest = ContentDigest.of(reward.scorer(), new TreeMap<>(reward.settings()));
    return reward.scorer() + "-" + digest.shortText().substring(0, DIGITS);
  }
}
