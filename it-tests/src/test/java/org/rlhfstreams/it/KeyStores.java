package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.util.Base64;

/** Keys and certificates for a test, made with the JDK's own tools. */
final class KeyStores {
  private final Path directory;
  private final String password;

  KeyStores(Path directory, String password) {
    this.directory = directory;
    this.password = password;
  }

  /** A key with a certificate for a name at 127.0.0.1, which it has signed itself. */
  Path make(String name) throws IOException, InterruptedException {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                password)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".keytool").toFile())
            .start();
    assertThat(keytool.waitFor()).as("exit code of keytool").isZero();
    return store;
  }

  /** Adds the certificate in a store of {@link #make} to a PEM file. */
  void trust(Path file, String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      store.load(in, password.toCharArray());
    }
    append(file, "CERTIFICATE", store.getCertificate(name).getEncoded());
  }

  /** A pair of keys that sign weights, each half in a file. */
  static void signing(Path privateKey, Path publicKeys)
      throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    append(privateKey, "PRIVATE KEY", pair.getPrivate().getEncoded());
    Files.setPosixFilePermissions(privateKey, PosixFilePermissions.fromString("rw-------"));
    append(publicKeys, "PUBLIC KEY", pair.getPublic().getEncoded());
  }

  private static void append(Path file, String kind, byte[] der) throws IOException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, lines.encodeToString(der), kind),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
