package org.rlhfstreams.service.kafka;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.schemas.ClientSettings;

/**
 * Whom the broker takes a client for, as far as its own settings tell: the user of its password, or
 * the name in its certificate.
 */
final class ClientPrincipal {
  private static final Pattern USER = Pattern.compile("username=(\"([^\"]*)\"|'([^']*)'|(\\S+))");
  private static final String ANONYMOUS = "User:ANONYMOUS";

  private ClientPrincipal() {}

  static String of(Map<String, Object> clientSettings) {
    try {
      Map<String, Object> settings = ClientSettings.resolved(clientSettings);
      String protocol = String.valueOf(settings.get("security.protocol"));
      if (protocol.startsWith("SASL_")) {
        return user(String.valueOf(settings.get("sasl.jaas.config")));
      }
      return protocol.equals("SSL") ? certified(settings) : ANONYMOUS;
    } catch (KafkaException | KeyStoreException e) {
      return ANONYMOUS; // such a client does not get as far as to be refused anything
    }
  }

  private static String user(String jaas) {
    Matcher matcher = USER.matcher(jaas);
    if (!matcher.find()) {
      return "User:NAME";
    }
    for (int group = 2; group <= 4; group++) {
      if (matcher.group(group) != null) {
        return "User:" + matcher.group(group);
      }
    }
    return "User:NAME";
  }

  private static String certified(Map<String, Object> settings) throws KeyStoreException {
    KeyStore keys = ClientSettings.tls(settings).keystore();
    if (keys == null) {
      return ANONYMOUS;
    }
    for (String alias : Collections.list(keys.aliases())) {
      if (keys.getCertificate(alias) instanceof X509Certificate certificate) {
        return "User:" + certificate.getSubjectX500Principal().getName();
      }
    }
    return ANONYMOUS;
  }
}
