package org.rlhfstreams.model.torchscript;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TorchScript class without state of its own, put together from source fragments, whose methods
 * take and return tensors. Weights are arguments, so one module serves any number of weight sets.
 * Safe for several threads at once, as long as no two use the same tensors.
 */
public final class TorchScriptModule implements AutoCloseable {
  private final Model model;
  private final PtSymbolBlock block;
  private final Map<String, NDArray> methodNames = new ConcurrentHashMap<>();
  private final NDManager names;

  private TorchScriptModule(Model model, NDManager names) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
    this.names = names;
  }

  /**
   * Compiles the fragments into one class.
   *
   * @param className name of the class, for messages
   * @param owner class beside whose package's resources the fragments lie
   * @param fragments resource names, relative to {@code owner}
   * @param constants attributes that the source reads as {@code self.NAME}: Long, Double, Boolean
   *     or a List of Long
   * @param names what the source's names in capitals stand for, in TorchScript; those of element
   *     types are known without
   * @throws IllegalStateException if a fragment is missing, uses an unknown name or does not
   *     compile
   */
  public static TorchScriptModule compile(
      String className,
      Class<?> owner,
      List<String> fragments,
      Map<String, Object> constants,
      Map<String, String> names) {
    TorchRuntime.prepare();
    SourceNames known = new SourceNames(names);
    StringBuilder source = new StringBuilder("class " + className + "(Module):\n");
    source.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
    constants.forEach(
        (name, value) ->
            source.append("  ").append(name).append(" : ").append(type(value)).append('\n'));
    for (String fragment : fragments) {
      source.append(known.resolve(fragment, read(owner, fragment)));
    }
    Model model = Model.newInstance(className, ComputeDevice.device(), "PyTorch");
    try {
      model.load(
          new ByteArrayInputStream(
              TorchScriptArchive.write(className, source.toString(), constants)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException(className + " does not compile: " + e.getMessage(), e);
    }
    return new TorchScriptModule(model, ComputeDevice.newManager());
  }

  /**
   * Runs a method without recording a graph.
   *
   * @param scope owner of the results
   * @param arguments tensors and lists of tensors, in the method's order; at least one. No array
   *     may be both an argument of its own and part of a list: its name tells which it is
   */
  public NDList run(String method, NDManager scope, Argument... arguments) {
    return call(method, scope, false, arguments);
  }

  /** As {@link #run}, recording the graph that a later gradient needs. */
  public NDList runWithGradient(String method, NDManager scope, Argument... arguments) {
    return call(method, scope, true, arguments);
  }

  private NDList call(String method, NDManager scope, boolean gradient, Argument... arguments) {
    NDList inputs = new NDList();
    for (int i = 0; i < arguments.length; i++) {
      for (NDArray array : arguments[i].arrays()) {
        array.setName(arguments[i].isList() ? "list" + i + "[]" : null);
        inputs.add(array);
      }
    }
    inputs.add(methodNames.computeIfAbsent(method, this::methodName));
    // "Training" even without a graph: DJL's other path yields inference tensors, which a later
    // gradient could not use. The thread's gradient mode decides what is recorded.
    NDList results =
        ComputeThread.call(
            () -> {
              TorchRuntime.prepareThread(gradient);
              return IValueUtils.forward(block, inputs, true);
            });
    results.attach(scope);
    return results;
  }

  /**
   * Runs a method whose results no gradient will ever need, with less work between Java and native
   * code: tensors, bound tensors and whole numbers go in as they are.
   *
   * @param scope owner of the results
   * @throws ai.djl.engine.EngineException where the arguments are not those that the method takes
   */
  public NDList infer(String method, NDManager scope, InferenceArgument... arguments) {
    return ComputeThread.call(
        () -> {
          TorchRuntime.prepareThread(false);
          IValue[] values = new IValue[arguments.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = arguments[i].value();
          }
          try (IValue result = IValueUtils.runMethod(block, method, values)) {
            return result.toNDList((PtNDManager) scope);
          } finally {
            for (int i = 0; i < values.length; i++) {
              arguments[i].release(values[i]);
            }
          }
        });
  }

  private NDArray methodName(String method) {
    NDArray name = names.create(0f);
    name.setName("module_method:" + method);
    return name;
  }

  @Override
  public void close() {
    names.close();
    model.close();
  }

  private static String type(Object constant) {
    if (constant instanceof Boolean) {
      return "bool";
    }
    if (constant instanceof List) {
      return "List[int]";
    }
    return constant instanceof Long ? "int" : "float";
  }

  private static String read(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing beside " + owner);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One argument of a method: a tensor, or a list of tensors. */
  public record Argument(List<NDArray> arrays, boolean isList) {
    /** A single tensor. */
    public static Argument of(NDArray array) {
      return new Argument(List.of(array), false);
    }

    /** A list of tensors; not empty, since an empty list cannot be passed. */
    public static Argument list(List<NDArray> arrays) {
      return new Argument(arrays, true);
    }
  }
}
