using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// What a converted Responses request will count as input. The texts are exact; the tokens around them are what the backend
/// was seen to add.
/// </summary>
public static class InputEstimate
{
    private const int Base = 3;
    private const int Message = 4;
    private const int Call = 8;
    private const int CallOutput = 6;
    private const int WebSearchCall = 20;
    private const int AnyTool = 12;
    private const int Format = 20;
    private const int PdfPage = 2_000;

    private enum Kind { Text, Tool, Json, Pdf }

    /// <param name="responsesRequest">The JSON body, in the normal or the lite shape.</param>
    /// <param name="imageTokenFactor">Tokens per image patch, from the model's profile.</param>
    /// <param name="remembered">Saves counting again what an earlier turn contained.</param>
    public static int Count(ReadOnlySpan<byte> responsesRequest, double imageTokenFactor, TextCounts? remembered = null) =>
        new Walk(responsesRequest, imageTokenFactor, remembered).Request();

    /// <summary>
    /// A number of tokens that the request certainly has: without what can only be guessed, such as documents and encrypted reasoning, and
    /// with the smallest images there are.
    /// </summary>
    public static int CountAtLeast(ReadOnlySpan<byte> responsesRequest, TextCounts? remembered = null) =>
        new Walk(responsesRequest, 1, remembered) { AtLeast = true }.Request();

    /// <summary>The same for the content of one item, a text or a list of parts, without what surrounds it.</summary>
    public static int CountContent(ReadOnlySpan<byte> content, double imageTokenFactor, TextCounts? remembered = null) =>
        new Walk(content, imageTokenFactor, remembered).OnlyContent();

    /// <summary>One pass over the request, which is valid. Every method begins at the first token of its value and ends at the last.</summary>
    private ref struct Walk(ReadOnlySpan<byte> request, double imageTokenFactor, TextCounts? remembered)
    {
        private readonly ReadOnlySpan<byte> _request = request;
        private readonly double _imageTokenFactor = imageTokenFactor;
        private readonly TextCounts? _remembered = remembered;
        private ValidJson _json = new(request);
        private bool _anyTool;

        /// <summary>Count nothing that is a guess.</summary>
        public bool AtLeast { get; init; }

        public int Request()
        {
            var tokens = Base;
            _json.Read();
            if (!Enters(JsonTokenType.StartObject)) return tokens;
            while (NextMember())
            {
                if (Take("instructions"u8)) tokens += Instructions();
                else if (Take("input"u8)) tokens += Items();
                else if (Take("tools"u8)) tokens += Tools();
                else if (Take("text"u8)) tokens += TextOptions();
                else _json.Skip();
            }

            return _anyTool ? tokens + AnyTool : tokens;
        }

        public int OnlyContent()
        {
            _json.Read();
            return Content();
        }

        private int Instructions()
        {
            var text = Text();
            return text > 0 ? Message + text : 0;
        }

        private int Items()
        {
            var tokens = 0;
            if (!Enters(JsonTokenType.StartArray)) return tokens;
            while (NextElement()) tokens += Item();
            return tokens;
        }

        private int Item()
        {
            int around = Message, inside = 0;
            if (!Enters(JsonTokenType.StartObject)) return inside;
            while (NextMember())
            {
                if (Take("type"u8)) around = AroundItem(String());
                else if (Take("content"u8) || Take("output"u8) || Take("summary"u8)) inside += Content();
                else if (Take("name"u8) || Take("arguments"u8) || Take("input"u8)) inside += Text();
                else if (Take("encrypted_content"u8)) inside += AtLeast ? Ignored() : EncryptedReasoning(String());
                else if (Take("tools"u8)) inside += Tools();
                else _json.Skip();
            }

            return around + inside;
        }

        private static int AroundItem(ReadOnlySpan<byte> type)
        {
            if (type.SequenceEqual("function_call"u8) || type.SequenceEqual("custom_tool_call"u8)) return Call;
            if (type.SequenceEqual("function_call_output"u8) || type.SequenceEqual("custom_tool_call_output"u8)) return CallOutput;
            if (type.SequenceEqual("web_search_call"u8)) return WebSearchCall;
            return type.SequenceEqual("reasoning"u8) || type.SequenceEqual("additional_tools"u8) ? 0 : Message;
        }

        /// <summary>The Codex client's own estimate: base64, less some 650 bytes of envelope, four bytes to a token.</summary>
        private static int EncryptedReasoning(ReadOnlySpan<byte> content) => Math.Max(0, (int)(content.Length * 3L / 4) - 650) / 4;

        /// <summary>A text, or a list of parts.</summary>
        private int Content()
        {
            if (_json.TokenType != JsonTokenType.StartArray) return Text();

            var tokens = 0;
            while (NextElement()) tokens += Part();
            return tokens;
        }

        private int Part()
        {
            var tokens = 0;
            var original = false;
            ReadOnlySpan<byte> image = default;
            if (!Enters(JsonTokenType.StartObject)) return tokens;
            while (NextMember())
            {
                if (Take("text"u8) || Take("refusal"u8)) tokens += Text();
                else if (Take("detail"u8)) original = String().SequenceEqual("original"u8);
                else if (Take("image_url"u8)) image = String();
                else if (Take("file_data"u8)) tokens += AtLeast ? Ignored() : Counted(String(), Kind.Pdf);
                else if (Take("file_url"u8)) tokens += String().IsEmpty || AtLeast ? 0 : PdfPage;
                else _json.Skip();
            }

            if (image.IsEmpty) return tokens;
            return tokens + (AtLeast ? 1 : ImageTokens.OfUrl(image, _imageTokenFactor, original));
        }

        private int Tools()
        {
            var tokens = 0;
            if (!Enters(JsonTokenType.StartArray)) return tokens;
            while (NextElement())
            {
                _anyTool = true;
                tokens += Counted(Raw(), Kind.Tool);
            }

            return tokens;
        }

        private int TextOptions()
        {
            var tokens = 0;
            if (!Enters(JsonTokenType.StartObject)) return tokens;
            while (NextMember())
            {
                if (Take("format"u8)) tokens += TextFormat();
                else _json.Skip();
            }

            return tokens;
        }

        private int TextFormat()
        {
            var tokens = 0;
            if (!Enters(JsonTokenType.StartObject)) return tokens;
            while (NextMember())
            {
                if (Take("schema"u8)) tokens += Format + Counted(Raw(), Kind.Json);
                else _json.Skip();
            }

            return tokens;
        }

        private int Text() => Counted(String(), Kind.Text);

        private readonly int Counted(ReadOnlySpan<byte> raw, Kind kind)
        {
            if (_remembered is null || raw.Length < TextCounts.ShortestWorthwhile) return CountNow(raw, kind);

            var key = TextCounts.Key(raw, (int)kind);
            if (_remembered.TryGet(key, out var tokens)) return tokens;
            tokens = CountNow(raw, kind);
            _remembered.Set(key, tokens);
            return tokens;
        }

        private static int CountNow(ReadOnlySpan<byte> raw, Kind kind) => kind switch
        {
            Kind.Tool => ToolTokens.Count(raw),
            Kind.Json => ToolTokens.CountCompact(raw),
            Kind.Pdf => PdfPage * PdfPages.Count(raw),
            _ => O200k.CountJsonString(raw),
        };

        /// <summary>The body of the string, still escaped; empty for any other value.</summary>
        private ReadOnlySpan<byte> String()
        {
            if (_json.TokenType == JsonTokenType.String) return _json.Value;
            _json.Skip();
            return default;
        }

        private int Ignored()
        {
            _json.Skip();
            return 0;
        }

        private ReadOnlySpan<byte> Raw()
        {
            var start = _json.Start;
            _json.Skip();
            return _request[start.._json.End];
        }

        private bool Enters(JsonTokenType start)
        {
            if (_json.TokenType == start) return true;
            _json.Skip();
            return false;
        }

        private bool NextMember() => _json.Read() && _json.TokenType == JsonTokenType.PropertyName;

        private bool NextElement() => _json.Read() && _json.TokenType != JsonTokenType.EndArray;

        private bool Take(ReadOnlySpan<byte> name) => _json.ValueTextEquals(name) && _json.Read();
    }
}
