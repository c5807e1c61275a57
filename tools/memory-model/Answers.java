import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/**
 * Asks the Flink on the class path for the memory of processes: reads questions, one JSON object a
 * line, answers those of the version that is its argument, each behind the number of its line and a
 * tab. Compiled against one release, it runs with all; what only some have is called by name.
 */
public final class Answers {
    private static final List<String> LOG = new ArrayList<>();

    /** What Flink computes, or the exception that it throws. */
    private interface Question {
        void ask(Map<String, Object> answer) throws Throwable;
    }

    public static void main(String[] arguments) throws Throwable {
        String version = arguments[0];
        record();
        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        int number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            number++;
            JsonNode question = json.readTree(line);
            if (question.get("version").asText().equals(version)) {
                out.println(number + "\t" + write(answer(number, question)));
            }
        }
        out.flush();
    }

    private static Map<String, Object> answer(int number, JsonNode question) throws Throwable {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", question.has("id") ? question.get("id").asInt() : number - 1);
        for (String name : List.of("version", "process", "mode")) {
            answer.put(name, question.get(name).asText());
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        Configuration config = new Configuration();
        Iterator<Map.Entry<String, JsonNode>> fields = question.get("config").fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            settings.put(field.getKey(), field.getValue().asText());
            config.setString(field.getKey(), field.getValue().asText());
        }
        answer.put("config", settings);
        String mode = question.get("mode").asText();
        boolean isTaskManager = question.get("process").asText().equals("taskmanager");
        Question process =
                isTaskManager
                        ? (into) -> taskManager(config, mode, into)
                        : (into) -> jobManager(config, mode, into);
        LOG.clear();
        try {
            process.ask(answer);
        } catch (Exception refused) {
            Throwable cause = refused;
            if (refused instanceof InvocationTargetException) {
                cause = refused.getCause();
            }
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("class", cause.getClass().getName());
            error.put("message", cause.getMessage());
            answer.put("error", error);
        }
        answer.put("log", new ArrayList<>(LOG));
        return answer;
    }

    private static void taskManager(Configuration own, String mode, Map<String, Object> answer)
            throws Throwable {
        Configuration config = own;
        Method map = method(TaskExecutorProcessUtils.class, "getConfigurationMapLegacyTaskManagerHeapSizeToConfigOption");
        if (map != null && !mode.equals("raw")) {
            ConfigOption<MemorySize> target =
                    mode.equals("standalone")
                            ? TaskManagerOptions.TOTAL_FLINK_MEMORY
                            : TaskManagerOptions.TOTAL_PROCESS_MEMORY;
            config = (Configuration) map.invoke(null, own, target);
        }
        TaskExecutorProcessSpec spec = TaskExecutorProcessUtils.processSpecFromConfig(config);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("framework_heap", spec.getFlinkMemory().getFrameworkHeap().getBytes());
        result.put("task_heap", spec.getTaskHeapSize().getBytes());
        result.put("framework_off_heap", spec.getFlinkMemory().getFrameworkOffHeap().getBytes());
        result.put("task_off_heap", spec.getTaskOffHeapSize().getBytes());
        result.put("network", spec.getNetworkMemSize().getBytes());
        result.put("managed", spec.getManagedMemorySize().getBytes());
        result.put("jvm_metaspace", spec.getJvmMetaspaceSize().getBytes());
        result.put("jvm_overhead", spec.getJvmOverheadSize().getBytes());
        result.put("jvm_heap", spec.getJvmHeapMemorySize().getBytes());
        result.put("jvm_direct", spec.getJvmDirectMemorySize().getBytes());
        result.put("total_flink", spec.getTotalFlinkMemorySize().getBytes());
        result.put("total_process", spec.getTotalProcessMemorySize().getBytes());
        result.put("cpu_cores", spec.getCpuCores().getValue().doubleValue());
        result.put("num_slots", spec.getNumSlots());
        String flags = ProcessMemoryUtils.generateJvmParametersStr(spec);
        answer.put("result", result);
        answer.put("jvm_params", flags);
        answer.put("dynamic_configs", TaskExecutorProcessUtils.generateDynamicConfigsStr(spec));
    }

    private static void jobManager(Configuration config, String mode, Map<String, Object> answer)
            throws Throwable {
        JobManagerProcessSpec spec;
        Method map = method(JobManagerProcessUtils.class, "processSpecFromConfigWithNewOptionToInterpretLegacyHeap");
        if (map != null && !mode.equals("raw")) {
            ConfigOption<MemorySize> target =
                    mode.equals("standalone")
                            ? JobManagerOptions.JVM_HEAP_MEMORY
                            : JobManagerOptions.TOTAL_PROCESS_MEMORY;
            spec = (JobManagerProcessSpec) map.invoke(null, config, target);
        } else {
            Method plain = method(JobManagerProcessUtils.class, "processSpecFromConfig");
            spec = (JobManagerProcessSpec) plain.invoke(null, config);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("jvm_heap", spec.getJvmHeapMemorySize().getBytes());
        result.put("off_heap", spec.getJvmDirectMemorySize().getBytes());
        result.put("jvm_metaspace", spec.getJvmMetaspaceSize().getBytes());
        result.put("jvm_overhead", spec.getJvmOverheadSize().getBytes());
        result.put("total_flink", spec.getTotalFlinkMemorySize().getBytes());
        result.put("total_process", spec.getTotalProcessMemorySize().getBytes());
        String flags = JobManagerProcessUtils.generateJvmParametersStr(spec, config);
        answer.put("result", result);
        answer.put("jvm_params", flags);
        answer.put("dynamic_configs", JobManagerProcessUtils.generateDynamicConfigsStr(spec));
    }

    /** A method, which may not be public; null where this release has none of the name. */
    private static Method method(Class<?> of, String name) {
        for (Method method : of.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                method.setAccessible(true);
                return method;
            }
        }
        return null;
    }

    /** Keeps what Flink logs at INFO and above. */
    private static void record() {
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        context.getConfiguration().getRootLogger().getAppenders().keySet()
                .forEach(context.getConfiguration().getRootLogger()::removeAppender);
        AbstractAppender appender =
                new AbstractAppender("kept", null, null, true, Property.EMPTY_ARRAY) {
                    @Override
                    public void append(LogEvent event) {
                        LOG.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
                    }
                };
        appender.start();
        context.getConfiguration().getRootLogger().addAppender(appender, Level.INFO, null);
        context.getConfiguration().getRootLogger().setLevel(Level.INFO);
        context.updateLoggers();
    }

    /** JSON as Python's `json.dumps` writes it, in which the first answers were recorded. */
    private static String write(Object value) {
        if (value instanceof Map) {
            List<String> fields = new ArrayList<>();
            ((Map<?, ?>) value).forEach((name, of) -> fields.add(write(name) + ": " + write(of)));
            return "{" + String.join(", ", fields) + "}";
        }
        if (value instanceof List) {
            List<String> items = new ArrayList<>();
            ((List<?>) value).forEach(item -> items.add(write(item)));
            return "[" + String.join(", ", items) + "]";
        }
        if (!(value instanceof String)) {
            return String.valueOf(value);
        }
        StringBuilder text = new StringBuilder("\"");
        for (char c : ((String) value).toCharArray()) {
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c == '\n' || c == '\t') {
                text.append(c == '\n' ? "\\n" : "\\t");
            } else if (c < ' ' || c > '~') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
