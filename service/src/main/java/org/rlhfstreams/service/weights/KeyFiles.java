package org.rlhfstreams.service.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.service.configuration.ConfigurationException;

/** Ed25519 keys in PEM files, as {@code openssl genpkey} and {@code openssl pkey} write them. */
final class KeyFiles {
  static final String ALGORITHM = "Ed25519";
  private static final int ID_DIGITS = 16;

  private KeyFiles() {}

  /** The one private key in a file. */
  static PrivateKey privateKey(Path file, String setting) {
    List<byte[]> blocks = blocks(file, "PRIVATE KEY", setting);
    if (blocks.size() != 1) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "%s = %s has %d private keys, it needs one: openssl genpkey -algorithm ed25519 -out %s",
              setting,
              file,
              blocks.size(),
              file));
    }
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0)));
    } catch (GeneralSecurityException e) {
      throw new ConfigurationException(
          "%s = %s has no Ed25519 key: openssl genpkey -algorithm ed25519 -out %s"
              .formatted(setting, file, file));
    }
  }

  /** The public keys in a file by their ids, in its order; at least one. */
  static Map<String, PublicKey> publicKeys(Path file, String setting) {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    try {
      KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
      for (byte[] block : blocks(file, "PUBLIC KEY", setting)) {
        PublicKey key = factory.generatePublic(new X509EncodedKeySpec(block));
        keys.put(id(key), key);
      }
    } catch (GeneralSecurityException e) {
      throw new ConfigurationException(
          "%s = %s has a key that is not Ed25519: openssl pkey -in signing-key.pem -pubout writes one"
              .formatted(setting, file));
    }
    if (keys.isEmpty()) {
      throw new ConfigurationException(
          "%s = %s has no public key: openssl pkey -in signing-key.pem -pubout >> %s"
              .formatted(setting, file, file));
    }
    return keys;
  }

  /** The first digits of the SHA-256 of its DER form. */
  private static String id(PublicKey key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return HexFormat.of().formatHex(digest).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static List<byte[]> blocks(Path file, String kind, String setting) {
    Pattern pattern =
        Pattern.compile("-----BEGIN %s-----([^-]*)-----END %s-----".formatted(kind, kind));
    List<byte[]> blocks = new ArrayList<>();
    try {
      Matcher matcher = pattern.matcher(Files.readString(file, StandardCharsets.UTF_8));
      while (matcher.find()) {
        blocks.add(Base64.getMimeDecoder().decode(matcher.group(1)));
      }
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("%s = %s does not exist".formatted(setting, file));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(
          "%s = %s cannot be read as PEM: %s".formatted(setting, file, e.getMessage()));
    }
    return blocks;
  }
}
