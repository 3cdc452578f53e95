package org.rlhfstreams.learner;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rlhfstreams.common.files.FileOperations;

/**
 * Operations on files that stop before one of them, or amid it if it writes, and do nothing any
 * more from then on, as those of a killed process.
 */
public final class StoppedFiles {
  private final List<String> done = new ArrayList<>();
  private final int stop;
  private final FileOperations operations;
  private boolean stopped;

  /**
   * @param stop number of the operation that is not done, from 0 on
   */
  public StoppedFiles(int stop) {
    this.stop = stop;
    this.operations =
        (FileOperations)
            Proxy.newProxyInstance(
                StoppedFiles.class.getClassLoader(),
                new Class<?>[] {FileOperations.class},
                this::invoke);
  }

  /** A process is killed. */
  public static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** As the code under test takes them. */
  public FileOperations operations() {
    return operations;
  }

  /** What was done: each operation's name, and the names of its files. */
  public List<String> done() {
    return done;
  }

  private Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    if (!stopped && done.size() == stop) {
      stopped = true;
      if (method.getName().equals("write")) {
        byte[] content = (byte[]) arguments[1];
        Files.write((Path) arguments[0], Arrays.copyOf(content, content.length / 2));
      }
    }
    if (stopped) {
      throw new Killed();
    }
    StringBuilder said = new StringBuilder(method.getName());
    for (Object argument : arguments) {
      if (argument instanceof Path path) {
        said.append(' ').append(path.getFileName());
      }
    }
    done.add(said.toString());
    try {
      return method.invoke(FileOperations.ofDisk(), arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof IOException problem ? problem : e.getCause();
    }
  }
}
