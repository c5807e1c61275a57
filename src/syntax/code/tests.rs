use super::*;
use crate::text::SourceId;

fn read_text(text: &str, language: Language) -> (Source, Code) {
    let source = Source::new(SourceId(0), "x", text);
    let code = read(&source, language);
    (source, code)
}

/// `receiver.name(args)` of every call, one a line.
fn told(text: &str, language: Language) -> Vec<String> {
    let (_, code) = read_text(text, language);
    let show = |call: &Call| {
        let receiver = match &call.receiver {
            Receiver::None => String::new(),
            Receiver::Name(name) => format!("{name}."),
            Receiver::Call(call) => format!("#{}.", code.calls[*call].name),
            Receiver::Other => "?.".to_owned(),
        };
        let new = if call.kind == Kind::New { "new " } else { "" };
        let args: Vec<String> = call
            .args
            .iter()
            .map(|arg| {
                let name = arg
                    .name
                    .as_ref()
                    .map_or(String::new(), |name| format!("{name}="));
                let value = match &arg.expr {
                    Expr::Text(text) => format!("{text:?}"),
                    Expr::Integer(number) => number.to_string(),
                    Expr::Boolean(yes) => yes.to_string(),
                    Expr::Name(name) => name.clone(),
                    Expr::Call(call) => format!("#{}", code.calls[*call].name),
                    Expr::Lambda => "fn".to_owned(),
                    Expr::Other => "?".to_owned(),
                };
                name + &value
            })
            .collect();
        let types = if call.types.is_empty() {
            String::new()
        } else {
            format!("<{}>", call.types.join(";"))
        };
        format!("{new}{receiver}{}{types}({})", call.name, args.join(", "))
    };
    code.calls.iter().map(show).collect()
}

#[test]
fn a_job_in_java() {
    let text = r#"
package com.acme;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import static org.apache.flink.x.Y.*;
/** env.no("x") */
public class Job extends Base<A, B> {
  private static final long X = 5 * 60 * 1000L;
  @SuppressWarnings("unchecked")
  public static void main(String[] args) throws Exception {
    final StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.enableCheckpointing(60 * 1000); // env.no()
    DataStream<Tuple2<String, Integer>> s = env
        .<Order>fromSource(src, WatermarkStrategy.<Order>forMonotonousTimestamps(), "a\"b")
        .keyBy(o -> o.id)
        .window(TumblingEventTimeWindows.of(Time.seconds(5)))
        .aggregate(new Agg<A, B>(1, 2) { int add(int x) { return f(x); } });
    if (a < b && c > (d)) { foo(); }
    s.map((MapFunction<A, B>) x -> y(x)).returns(new TypeHint<Map<String, Integer>>() {}).print();
    String q = """
       SELECT f(x) "a" \""" FROM t """;
    this.conf.set(Foo.BAR, true);
  }
  Job(int x) { super(x); }
  enum E { A(1), B(g(2)); }
}
"#;
    assert_eq!(
        told(text, Language::Java),
        [
            "StreamExecutionEnvironment.getExecutionEnvironment()",
            "env.enableCheckpointing(60000)",
            "env.fromSource<Order>(src, #forMonotonousTimestamps, \"a\\\"b\")",
            "WatermarkStrategy.forMonotonousTimestamps<Order>()",
            "#fromSource.keyBy(fn)",
            "#keyBy.window(#of)",
            "TumblingEventTimeWindows.of(#seconds)",
            "Time.seconds(5)",
            "#window.aggregate(#Agg)",
            "new Agg<A;B>(1, 2)",
            "f(x)",
            "foo()",
            "s.map(fn)",
            "y(x)",
            "#map.returns(#TypeHint)",
            "new TypeHint<Map<String,Integer>>()",
            "#returns.print()",
            "this.conf.set(Foo.BAR, true)",
            "g(2)",
        ]
    );
    let (source, code) = read_text(text, Language::Java);
    assert_eq!(code.package.as_deref(), Some("com.acme"));
    assert_eq!(code.imports[1].path, "org.apache.flink.x.Y.*");
    let variables: Vec<(&str, Option<&str>)> = code
        .variables
        .iter()
        .map(|v| (v.name.as_str(), v.ty.as_deref()))
        .collect();
    assert_eq!(
        variables,
        [
            ("X", Some("long")),
            ("args", Some("String[]")),
            ("env", Some("StreamExecutionEnvironment")),
            ("s", Some("DataStream<Tuple2<String,Integer>>")),
            ("x", Some("int")),
            ("q", Some("String")),
            ("x", Some("int")),
        ]
    );
    assert_eq!(code.variables[0].value, Expr::Integer(300_000));
    let window = code
        .calls
        .iter()
        .position(|call| call.name == "window")
        .expect("it");
    let first = code.chain(window).last().expect("one");
    assert_eq!(first.name, "fromSource");
    assert!(source.text(code.calls[window].whole).starts_with("env\n"));
}

#[test]
fn a_job_in_scala() {
    let text = r#"
import org.apache.flink.streaming.api.scala._
import a.b.{C, D => E}
object Job {
  case class Order(id: String, n: Int)
  def main(args: Array[String]): Unit = {
    val env = StreamExecutionEnvironment.getExecutionEnvironment
    env.setParallelism(1)
    val s: DataStream[Order] = env.addSource(new Src[Order](x))(info)
      .keyBy(_.id)
      .map { o => f(s"a ${g(o)} $x") }
      .window(TumblingEventTimeWindows.of(5.seconds))
    s match {
      case Some(x) if ok(x) => h(x)
      case _ => println("x")
    }
    env.getConfig.setY(classOf[Order])
    a max (b)
  }
}
"#;
    assert_eq!(
        told(text, Language::Scala),
        [
            "env.setParallelism(1)",
            "env.addSource(#Src)",
            "new Src<Order>(x)",
            "#addSource.keyBy(fn)",
            "#keyBy.map(fn)",
            "f(?)",
            "g(o)",
            "#map.window(#of)",
            "TumblingEventTimeWindows.of(?)",
            "ok(x)",
            "h(x)",
            "println(\"x\")",
            "env.getConfig.setY(Order.class)",
        ]
    );
}
#[test]
fn a_job_in_kotlin() {
    let text = r#"
import org.apache.flink.api.common.eventtime.WatermarkStrategy as W
class Job(val x: Int) : Base(x), I {
  fun main(args: Array<String>) {
    val env = StreamExecutionEnvironment.getExecutionEnvironment()
    env.parallelism = 4
    val s = env.fromSource(src(), W.noWatermarks<Order>(), "n ${name()}")
      .keyBy { it.id }
      .process(object : P<A>() { override fun f(x: Int) = g(x) })
    conf?.set(X, Order::class.java)
    val y = a ?: b(1)
  }
}
"#;
    assert_eq!(
        told(text, Language::Kotlin),
        [
            "StreamExecutionEnvironment.getExecutionEnvironment()",
            "env.fromSource(#src, #noWatermarks, ?)",
            "src()",
            "W.noWatermarks<Order>()",
            "name()",
            "#fromSource.keyBy(fn)",
            "#keyBy.process(?)",
            "g(x)",
            "conf.set(X, Order.class)",
            "b(1)",
        ]
    );
}

#[test]
fn a_job_in_python() {
    let text = r#"
from pyflink.datastream import (StreamExecutionEnvironment, # x
    CheckpointingMode as M)
import os.path as p
def main(argv=None):
    """docs f(x)"""
    env = StreamExecutionEnvironment.get_execution_environment()
    env.set_parallelism(4)
    s = env.from_source(src, WatermarkStrategy.for_monotonous_timestamps(), 'a' 'b') \
        .key_by(lambda o: o[0], key_type=Types.STRING())
    t = (s.map(f)
          .print())
    x = f"{g(1)} {{no(1)}}"
    return r'\d' if a(1) else None

class A(Base(x)):
    def f(self): return h(2)
"#;
    assert_eq!(
        told(text, Language::Python),
        [
            "StreamExecutionEnvironment.get_execution_environment()",
            "env.set_parallelism(4)",
            "env.from_source(src, #for_monotonous_timestamps, \"ab\")",
            "WatermarkStrategy.for_monotonous_timestamps()",
            "#from_source.key_by(fn, key_type=#STRING)",
            "Types.STRING()",
            "s.map(f)",
            "#map.print()",
            "g(1)",
            "a(1)",
            "Base(x)",
            "h(2)",
        ]
    );
    let (_, code) = read_text(text, Language::Python);
    let imports: Vec<&str> = code
        .imports
        .iter()
        .map(|import| import.path.as_str())
        .collect();
    assert_eq!(
        imports,
        [
            "pyflink.datastream.StreamExecutionEnvironment",
            "pyflink.datastream.CheckpointingMode",
            "os.path"
        ]
    );
}

/// A class as one line: its word, name, parents, fields and methods.
fn classes_told(text: &str, language: Language) -> Vec<String> {
    let (_, code) = read_text(text, language);
    let show = |class: &Class| {
        let outer = class
            .outer
            .map(|outer| format!("{}.", code.classes[outer].name));
        let fields: Vec<String> = class
            .fields
            .iter()
            .map(|field| format!("{} {}:{}", field.modifiers.join(" "), field.name, field.ty))
            .collect();
        let methods: Vec<String> = class
            .methods
            .iter()
            .map(|method| {
                let new = if method.is_constructor { "new " } else { "" };
                let modifiers = method.modifiers.join(" ");
                format!("{modifiers} {new}{}/{}", method.name, method.parameters)
            })
            .collect();
        format!(
            "{} {} {}{}<{}> : {} | {} | {}",
            class.modifiers.join(" "),
            class.word,
            outer.unwrap_or_default(),
            class.name,
            class.type_parameters.join(";"),
            class.parents.join(";"),
            fields.join(", "),
            methods.join(", ")
        )
    };
    code.classes.iter().map(show).collect()
}

#[test]
fn classes_of_java() {
    let text = r#"
@Data @Table(name = "o")
public final class Order<T extends Comparable<T>> extends Base<T> implements A, B<C, D> {
    private static final long serialVersionUID = 1L;
    @JsonProperty("id") private String id;
    public Map<String, List<Long>> all = new HashMap<>(), none;
    int[] counts;
    public Order() {}
    Order(String id, Map<String, Long> x) throws E { this.id = id; }
    public boolean isOk() { return id.equals("x;{"); }
    public <R> R to(Class<R> type) { return null; }
    static { f(); }
    class Inner { int x; }
    public enum Kind { A(1) { void f() {} }, B; private final int n; Kind(int n) {} }
    abstract void g();
    record Point(@NotNull double x, List<String> y) {}
}
interface I extends J {}
"#;
    assert_eq!(
        classes_told(text, Language::Java),
        [
            "@Data @Table public final class Order<T extends Comparable<T>> : Base<T>;A;B<C,D> | \
             private static final serialVersionUID:long, @JsonProperty private id:String, \
             public all:Map<String,List<Long>>,  counts:int[] | \
             public new Order/0,  new Order/2, public isOk/0, public to/1, abstract g/0",
            " class Order.Inner<> :  |  x:int | ",
            "public enum Order.Kind<> :  | private final n:int |  new Kind/1",
            " record Order.Point<> :  |  x:double,  y:List<String> |  new Point/2",
            " interface I<> : J |  | ",
        ]
    );
}

#[test]
fn classes_of_kotlin_and_scala() {
    let text = r"
data class Order(val id: String, var n: Map<String, Int> = mapOf(), @Json private val x: Long?)
class Job private constructor(a: Int) : Base<A>(a), I by x {
    private var state: ValueState<Order>? = null
    lateinit var other: String
    constructor() : this(1)
    fun <T> f(x: T, y: Int) = g(x)
    companion object { val X = 1 }
    inner class In
}
enum class Kind { A, B }
object One : Two() { fun run() {} }
";
    assert_eq!(
        classes_told(text, Language::Kotlin),
        [
            "data data class Order<> :  | val id:String, var default n:Map<String,Int>, \
             @Json private val x:Long? |  new Order/3",
            " class Job<> : Base<A>;I |  a:Int, private var state:ValueState<Order>?, \
             lateinit var other:String | private constructor new Job/1,  new Job/0,  f/2",
            "companion companion object Job.Companion<> :  | val X: | ",
            "inner class Job.In<> :  |  | ",
            "enum enum class Kind<> :  |  | ",
            " object One<> : Two |  |  run/0",
        ]
    );
    let text = r"
case class Order(id: String, n: Option[Int] = None)
class Job[K, V](val x: K) extends Base[K](x) with Serializable {
  @transient private lazy val state: ValueState[Order] = f(x)
  var n = 1
  def this() = this(null)
  def get: Int = 1
  override def f(a: Int)(b: Int): Unit = { val y = 1 }
  object In { val z = 1 }
}
trait T
";
    assert_eq!(
        classes_told(text, Language::Scala),
        [
            "case case class Order<> :  |  id:String, default n:Option[Int] |  new Order/2",
            " class Job<K;V> : Base[K];Serializable | val x:K, \
             @transient private lazy val state:ValueState[Order], var n: |  \
             new Job/1,  new Job/0,  get/0, override f/1",
            " object Job.In<> :  | val z: | ",
            " trait T<> :  |  | ",
        ]
    );
}
