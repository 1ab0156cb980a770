package org.kernelentry.runner.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A node of a YAML file that knows its place, so that whatever is wrong with it can be said in one sentence. Works on
 * the composed tree and not on Java objects because those have lost their lines.
 */
final class YamlNode {
    private final String file;
    private final Node node;
    /** What people call this node; the empty string for the file itself. */
    private String name;

    private YamlNode(String file, Node node, String name) {
        this.file = file;
        this.node = node;
        this.name = name;
    }

    /**
     * The root of a file.
     *
     * @throws SpecException if it is not YAML or is empty
     */
    static YamlNode parse(String file, String text) {
        try {
            Node root = new Compose(LoadSettings.builder().setLabel(file).build())
                    .composeString(text)
                    .orElseThrow(() -> new SpecException(SourceLocation.ofFile(file), "the file is empty."));
            return new YamlNode(file, root, "");
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
            throw new SpecException(new SourceLocation(file, line), "this is not YAML: " + e.getProblem() + ".", e);
        } catch (YamlEngineException e) {
            throw new SpecException(SourceLocation.ofFile(file), "this is not YAML: " + e.getMessage() + ".", e);
        }
    }

    /** Calls the node by the text of one of its keys from now on. */
    void nameBy(String key) {
        name = text(key);
    }

    SourceLocation location() {
        int line = node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
        return new SourceLocation(file, line);
    }

    /** The sentence "file:line: name: what is wrong." */
    SpecException error(String wrong) {
        return new SpecException(location(), (name.isEmpty() ? "" : name + ": ") + wrong + ".");
    }

    boolean has(String key) {
        return value(key) != null;
    }

    YamlNode node(String key) {
        YamlNode value = value(key);
        if (value == null) {
            throw error("the column " + key + " is missing");
        }
        return value;
    }

    String text(String key) {
        return node(key).asText();
    }

    String textOr(String key, String otherwise) {
        YamlNode value = value(key);
        return value == null ? otherwise : value.asText();
    }

    int number(String key) {
        YamlNode value = node(key);
        try {
            return Integer.parseInt(value.asText());
        } catch (NumberFormatException e) {
            throw value.error("the column " + key + " is no number");
        }
    }

    /** Whether the key is there and true. */
    boolean flag(String key) {
        YamlNode value = value(key);
        if (value == null) {
            return false;
        }
        return switch (value.asText()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw value.error("the column " + key + " is neither true nor false");
        };
    }

    List<YamlNode> list(String key) {
        YamlNode value = node(key);
        if (!(value.node instanceof SequenceNode sequence)) {
            throw value.error("the column " + key + " is no list");
        }
        List<YamlNode> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(new YamlNode(file, item, name.isEmpty() ? key + " " + (items.size() + 1) : name));
        }
        return Collections.unmodifiableList(items);
    }

    /** A map of names to texts, in the order of the file. */
    Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        YamlNode map = node(key);
        for (NodeTuple tuple : map.tuples()) {
            texts.put(
                    map.child(tuple.getKeyNode()).asText(),
                    map.child(tuple.getValueNode()).asText());
        }
        return texts;
    }

    /** The text of this node itself, never empty. */
    String asText() {
        if (!(node instanceof ScalarNode scalar)) {
            throw error("a text is expected here");
        }
        String text = scalar.getValue().strip();
        if (text.isEmpty()) {
            throw error("a text is missing here");
        }
        return text;
    }

    /** Refuses keys that are not among these: most often a column that is spelled wrongly. */
    void allow(Set<String> keys) {
        for (NodeTuple tuple : tuples()) {
            String key = child(tuple.getKeyNode()).asText();
            if (!keys.contains(key)) {
                throw child(tuple.getKeyNode()).error("the column " + key + " is unknown" + Nearest.hint(key, keys));
            }
        }
    }

    private @Nullable YamlNode value(String key) {
        YamlNode found = null;
        for (NodeTuple tuple : tuples()) {
            if (tuple.getKeyNode() instanceof ScalarNode scalar
                    && scalar.getValue().equals(key)) {
                if (found != null) {
                    throw child(tuple.getKeyNode()).error("the column " + key + " stands twice");
                }
                found = child(tuple.getValueNode());
            }
        }
        return found;
    }

    private List<NodeTuple> tuples() {
        if (!(node instanceof MappingNode mapping)) {
            throw error("names with values are expected here");
        }
        return mapping.getValue();
    }

    private YamlNode child(Node child) {
        return new YamlNode(file, child, name);
    }
}
